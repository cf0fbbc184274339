using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Output;

/// <summary>
/// Standard output as it is: writes at once, never seeks (what is there belongs to others, also when it is a file), and a reader that
/// went away is an <see cref="OutputException"/>. The console's own stream ignores that and would let us write to nobody for ever.
/// </summary>
public sealed class StandardOutputStream : Stream
{
    private const int StandardOutput = 1;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            long written = LibC.Write(StandardOutput, buffer);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
            }
            else if (written == -LibC.EAGAIN)
            {
                LibC.WaitWritable(StandardOutput);
            }
            else if (written != -LibC.EINTR)
            {
                int errno = (int)-written;
                throw new OutputException($"cannot write to standard output: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
