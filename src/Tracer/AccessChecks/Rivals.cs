namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>Other consumers of accessed bits on this machine. Only ever looks.</summary>
internal static class Rivals
{
    private const string KdamondsPath = "/sys/kernel/mm/damon/admin/kdamonds";

    /// <summary>True when a kernel DAMON worker is running.</summary>
    internal static bool HasKdamond(string path = KdamondsPath)
    {
        try
        {
            return Directory.Exists(path)
                && Directory.EnumerateDirectories(path).Any(static kdamond => ReadState(Path.Combine(kdamond, "state")) == "on");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string ReadState(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : "";
}
