using System.Runtime.InteropServices;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exporters.Output;

/// <summary>
/// Standard output as it is: writes at once, never seeks (what is there belongs to others, also when it is a file), and a reader that
/// went away is an <see cref="OutputException"/>. The console's own stream ignores that and would let us write to nobody for ever.
/// </summary>
public sealed class StandardOutputStream : Stream
{
    private const int StandardOutput = 1;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            long written = FileCalls.Write(StandardOutput, buffer);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
            }
            else if (written == -EAGAIN)
            {
                FileCalls.WaitWritable(StandardOutput);
            }
            else if (written != -EINTR)
            {
                int errno = (int)-written;
                throw new OutputException($"cannot write to standard output: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>By this thread: the base class starts one of the pool for it, which takes longer than most of what a command prints.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
