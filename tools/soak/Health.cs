using System.Globalization;

namespace Damon.Trace.Soak;

/// <summary>What a process holds at one moment.</summary>
/// <param name="ResidentKb">Memory, shared pages of its programs included.</param>
/// <param name="AnonymousKb">Of it what is its own: a leak shows here.</param>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="Threads">Threads.</param>
internal sealed record Health(long ResidentKb, long AnonymousKb, int Descriptors, int Threads)
{
    /// <exception cref="IOException">The process has ended.</exception>
    internal static Health Of(int pid)
    {
        Dictionary<string, string> status = File.ReadLines($"/proc/{pid}/status")
            .Select(static line => line.Split(':', 2))
            .ToDictionary(static parts => parts[0], static parts => parts[1].Trim());
        return new Health(
            Number(status["VmRSS"]), Number(status["RssAnon"]), Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length, (int)Number(status["Threads"]));
    }

    private static long Number(string text) => long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
}
