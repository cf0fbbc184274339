using Damon.Trace.Tracer.AccessChecks;
using static Tmds.Linux.LibC;

// File modes are not for Windows, and neither is this program.
#pragma warning disable CA1416

namespace Damon.Trace.Tracer.Tracepoints.Usdt;

/// <summary>
/// Puts the library into the file system. Tracers attach to the file's inode: an existing file with the right bytes is never touched, and a
/// missing one appears whole or not at all. The directories are lasting ones, so that what perf remembers of the probe survives a restart
/// of the machine; the run-time directories come second because they are often mounted noexec.
/// </summary>
internal static class UsdtLibraryFile
{
    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode FileMode0644 =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where the library may live, the preferred place first.</summary>
    internal static IReadOnlyList<string> DefaultDirectories()
    {
        if (geteuid() == 0)
        {
            return ["/var/cache/damon-trace", "/run/damon-trace"];
        }

        var places = new List<string>();
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string? home = Environment.GetEnvironmentVariable("HOME");
        if (Path.IsPathFullyQualified(cache ?? ""))
        {
            places.Add(Path.Combine(cache!, "damon-trace"));
        }
        else if (Path.IsPathFullyQualified(home ?? ""))
        {
            places.Add(Path.Combine(home!, ".cache", "damon-trace"));
        }

        string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        if (Path.IsPathFullyQualified(runtime ?? ""))
        {
            places.Add(Path.Combine(runtime!, "damon-trace"));
        }

        return places;
    }

    /// <summary>Makes sure the directory holds the library with exactly these bytes.</summary>
    internal static Capability Ensure(string directory, UsdtImage image)
    {
        string path = Path.Combine(directory, UsdtImage.SoName);
        try
        {
            Directory.CreateDirectory(directory, DirectoryMode);

            // Code is loaded from here: nobody else may be able to put a file in.
            UnixFileMode mode = File.GetUnixFileMode(directory);
            if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            {
                return Capability.No($"{directory} can be written by other users", $"chmod go-w {directory}");
            }

            if (!Holds(path, image.Bytes))
            {
                Write(directory, path, image.Bytes);
            }

            return Capability.Yes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Capability.No($"cannot write {path}: {e.Message}");
        }
    }

    private static bool Holds(string path, byte[] bytes) =>
        File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes);

    private static void Write(string directory, string path, byte[] bytes)
    {
        string partial = Path.Combine(directory, $".{UsdtImage.SoName}.{Environment.ProcessId}.{Guid.NewGuid():N}.partial");
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(bytes);
                File.SetUnixFileMode(file.SafeFileHandle, FileMode0644);
                file.Flush(flushToDisk: true);
            }

            MoveIntoPlace(partial, path, bytes);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static void MoveIntoPlace(string partial, string path, byte[] bytes)
    {
        try
        {
            // Without overwriting: were another recorder faster, its inode is the one the tracers know.
            File.Move(partial, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            if (!Holds(path, bytes))
            {
                File.Move(partial, path, overwrite: true);
            }
        }
    }
}
