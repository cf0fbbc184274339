using System.Diagnostics;
using System.Globalization;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>A running workload.c, compiled for this test: it knows which of its functions access which of its ranges.</summary>
internal sealed class WorkloadRun : IDisposable
{
    private static readonly string s_source = Path.Combine(Repository.Root, "tests", "Cli", "Who", "workload.c");

    private readonly Process _process;
    private readonly TemporaryFolder _folder;

    private WorkloadRun(Process process, TemporaryFolder folder, string[] ranges)
    {
        _process = process;
        _folder = folder;
        Ranges = ranges;
    }

    internal int Pid => _process.Id;

    /// <summary>As --address-range takes them.</summary>
    internal IReadOnlyList<string> Ranges { get; }

    /// <summary>Compiles and starts it; skips the test where there is no compiler.</summary>
    internal static WorkloadRun Start(string compilerOption, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "gcc is not installed");
        var folder = new TemporaryFolder();
        string program = folder.File("workload");
        using (Process gcc = Process.Start("/usr/bin/gcc", ["-O1", "-g0", compilerOption, "-pthread", "-o", program, s_source]))
        {
            gcc.WaitForExit();
            Assert.Equal(0, gcc.ExitCode);
        }

        Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string[] words = process.StandardOutput.ReadLine()!.Split(' ');
        return new WorkloadRun(process, folder, words[1..]);
    }

    /// <summary>Ends it and returns what it did: accesses, writes and CPU time of each function on each range.</summary>
    internal IReadOnlyList<Truth> Stop()
    {
        _process.Send("TERM");
        List<Truth> truths = [];
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            truths.Add(new Truth(Number(words[0]), words[1], Number(words[2]), Number(words[3]), Number(words[4])));
        }

        return truths;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    internal sealed record Truth(long Range, string Function, long Accesses, long Writes, long CpuNs);
}
