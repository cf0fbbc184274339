using System.Text;

namespace Damon.Trace.Exporters.Output;

/// <summary>
/// A temporary file that has no name from its first byte on, readable by this process only: it is gone with its last descriptor,
/// whatever ends the process. It is in $TMPDIR, or /tmp.
/// </summary>
public static class NamelessFile
{
    private const string Hint = "make room there, or set TMPDIR to a directory with more";

    /// <exception cref="OutputException">There is no room, or no such directory.</exception>
    public static FileStream Create()
    {
        string path = Path.Combine(Path.GetTempPath(), $"damon-trace-{Guid.NewGuid():N}");
        try
        {
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            _ = FileCalls.UnlinkAt(FileCalls.CurrentDirectory, Encoding.UTF8.GetBytes(path));
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(error);
        }
    }

    /// <summary>Copies a stream to its end into such a file, and rewinds it.</summary>
    /// <exception cref="OutputException">The file cannot take it; an error of the source is passed on as it is.</exception>
    public static FileStream CopyOf(ReadOnlySpan<byte> first, Stream source, CancellationToken cancellation)
    {
        FileStream copy = Create();
        try
        {
            Append(copy, first);
            byte[] buffer = new byte[1 << 20];
            for (int count = source.Read(buffer); count > 0; count = source.Read(buffer))
            {
                cancellation.ThrowIfCancellationRequested();
                Append(copy, buffer.AsSpan(0, count));
            }

            copy.Position = 0;
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static void Append(FileStream copy, ReadOnlySpan<byte> data)
    {
        try
        {
            copy.Write(data);
        }
        catch (IOException error)
        {
            throw Failure(error);
        }
    }

    private static OutputException Failure(Exception error) => new(
        $"no temporary copy of the input can be kept in {Path.GetTempPath()}: {error.Message}", Math.Max(0, error.HResult), Hint);
}
