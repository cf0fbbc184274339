using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests;

/// <summary>damon-trace under strace: which files it opened, and how.</summary>
internal sealed partial class Strace
{
    private const string Program = "/usr/bin/strace";

    private Strace(int exitCode, string error, IReadOnlyList<OpenedFile> opened)
    {
        ExitCode = exitCode;
        Error = error;
        Opened = opened;
    }

    internal int ExitCode { get; }

    internal string Error { get; }

    /// <summary>Every open of the process and its threads, successful or not.</summary>
    internal IReadOnlyList<OpenedFile> Opened { get; }

    /// <summary>What was opened for more than reading, or could have been created, below a folder.</summary>
    internal IEnumerable<OpenedFile> WritableBelow(string folder) =>
        Opened.Where(file => file.Path.StartsWith(folder, StringComparison.Ordinal) && file.CanWrite);

    internal static Strace Run(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Program), "strace is not installed");
        using var folder = new TemporaryFolder();
        string log = folder.File("strace.txt");
        var start = new ProcessStartInfo(
            Program,
            [
                "-f", "-qq", "-s", "256", "-o", log, "-e", "trace=open,openat,openat2,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2",
                Repository.Program("damon-trace"), .. arguments,
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        _ = output.Result;
        return new Strace(process.ExitCode, error, [.. File.ReadLines(log).Select(Parse).OfType<OpenedFile>()]);
    }

    private static OpenedFile? Parse(string line)
    {
        Match call = Call().Match(line);
        return call.Success ? new OpenedFile(call.Groups["path"].Value, call.Groups["name"].Value, call.Groups["rest"].Value) : null;
    }

    // 1234  openat(AT_FDCWD, "/sys/...", O_RDONLY|O_CLOEXEC) = 3
    [GeneratedRegex("""^\d+\s+(?<name>\w+)\([^"]*"(?<path>[^"]*)"(?<rest>.*)$""")]
    private static partial Regex Call();

    /// <param name="Path">The path as it was given.</param>
    /// <param name="Name">The system call.</param>
    /// <param name="Rest">Its other arguments and its result.</param>
    internal sealed record OpenedFile(string Path, string Name, string Rest)
    {
        internal bool CanWrite => !Name.StartsWith("open", StringComparison.Ordinal)
            || Rest.Contains("O_WRONLY", StringComparison.Ordinal) || Rest.Contains("O_RDWR", StringComparison.Ordinal)
            || Rest.Contains("O_CREAT", StringComparison.Ordinal) || Rest.Contains("O_TRUNC", StringComparison.Ordinal);
    }
}
