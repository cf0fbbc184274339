namespace Damon.Trace.Exporters.Output;

/// <summary>
/// Where output goes. A file is written as NAME.partial, readable by its owner only because it holds addresses, and gets its name when
/// <see cref="Complete"/> is called: what stands under the final name can be read. Without it NAME.partial stays for the user to judge.
/// </summary>
/// <remarks>
/// A file that ended early because the disk was full but was made readable (<see cref="Parquet.ParquetRescueException"/>) is completed
/// too: what was recorded is of more use under its name than hidden. Devices and pipes are written to directly: there is nothing to
/// rename, and renaming over /dev/null would be a disaster.
/// </remarks>
public sealed class OutputFile : IDisposable
{
    /// <summary>The path that means standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>What is appended to the name of a file that is not complete.</summary>
    public const string PartialSuffix = ".partial";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private OutputFile(string path, string? partialPath, Stream stream)
    {
        Path = path;
        PartialPath = partialPath;
        Stream = stream;
    }

    /// <summary>The final name, or "-".</summary>
    public string Path { get; }

    /// <summary>The name until completion; null where nothing is renamed.</summary>
    public string? PartialPath { get; }

    /// <summary>Unbuffered: writers have their own buffers, and what a stream holds back cannot be taken back on a full disk.</summary>
    public Stream Stream { get; }

    /// <summary>Opens an output.</summary>
    /// <exception cref="IOException">It cannot be written; the message is meant for the user.</exception>
    public static OutputFile Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path == StandardOutput)
        {
            return new OutputFile(path, null, new StandardOutputStream());
        }

        try
        {
            if (Directory.Exists(path))
            {
                throw new IOException($"cannot write '{path}': it is a directory");
            }

            if (LibC.IsSpecialFile(path))
            {
                return new OutputFile(path, null, new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
            }

            // Through a link the file it points to is replaced, not the link.
            string target = new FileInfo(path).LinkTarget is null
                ? path
                : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            string partial = target + PartialSuffix;
            return new OutputFile(target, partial, OpenPartial(partial));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"cannot write '{path}': permission denied", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new IOException($"cannot write '{path}': its directory does not exist", e);
        }
    }

    /// <summary>The output is as it should be: closes it and gives it its name, replacing a file of that name.</summary>
    public void Complete()
    {
        Stream.Flush();
        Stream.Dispose();
        if (PartialPath is null)
        {
            return;
        }

        try
        {
            File.Move(PartialPath, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot rename '{PartialPath}' to '{Path}': {e.Message}", e);
        }
    }

    /// <summary>Nothing has been written and nothing will be: leaves no trace.</summary>
    public void Discard()
    {
        Stream.Dispose();
        if (PartialPath is not null)
        {
            File.Delete(PartialPath);
        }
    }

    public void Dispose() => Stream.Dispose();

    private static FileStream OpenPartial(string partial)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        if (Directory.Exists(partial) || LibC.IsSpecialFile(partial) || new FileInfo(partial).LinkTarget is not null)
        {
            throw new IOException($"cannot write '{partial}': something that is not a file is in the way");
        }

        FileStream stream;
        try
        {
            // No sharing: the lock tells a recording that is under way from one that was left behind.
            stream = new FileStream(partial, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = OwnerOnly,
            });
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && File.Exists(partial))
        {
            throw new IOException($"cannot write '{partial}': another process is writing it", e);
        }

        File.SetUnixFileMode(stream.SafeFileHandle, OwnerOnly);
        stream.SetLength(0);
        return stream;
    }
}
