using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Exporters.Output;

/// <summary>A file that is written, without a buffer. Whatever it cannot do is an error that names the output.</summary>
internal sealed class OutputFileStream : Stream
{
    private readonly FileStream _file;
    private readonly string _name;

    internal OutputFileStream(SafeFileHandle file, string name)
    {
        _name = name;
        try
        {
            _file = new FileStream(file, FileAccess.Write, bufferSize: 0);
        }
        catch (IOException error)
        {
            throw Named(error);
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => _file.CanSeek;

    public override bool CanWrite => _file.CanWrite;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _file.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Named(error);
        }
        catch (ArgumentOutOfRangeException)
        {
            // What .NET makes of EFBIG, a file that has reached the limit of ulimit -f or of its file system.
            throw new OutputException($"cannot write '{_name}': {Marshal.GetPInvokeErrorMessage(Tmds.Linux.LibC.EFBIG)}", Tmds.Linux.LibC.EFBIG);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override void SetLength(long value)
    {
        try
        {
            _file.SetLength(value);
        }
        catch (IOException error)
        {
            throw Named(error);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>.NET keeps the errno in HResult; its own message names a path only where it knows one.</summary>
    private OutputException Named(Exception error)
    {
        // An error of permission has it one level down.
        int errno = Math.Max(0, error is UnauthorizedAccessException { InnerException: IOException cause } ? cause.HResult : error.HResult);
        string reason = errno > 0 ? Marshal.GetPInvokeErrorMessage(errno) : error.Message;
        return new OutputException($"cannot write '{_name}': {reason}", errno);
    }
}
