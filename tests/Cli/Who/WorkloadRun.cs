using System.Diagnostics;
using System.Globalization;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>A running workload.c, compiled for this test: it knows which of its functions access which of its ranges.</summary>
internal sealed class WorkloadRun : IDisposable
{
    private readonly Process _process;
    private readonly CProgram _program;

    private WorkloadRun(Process process, CProgram program, string[] ranges)
    {
        _process = process;
        _program = program;
        Ranges = ranges;
    }

    internal int Pid => _process.Id;

    /// <summary>As --address-range takes them.</summary>
    internal IReadOnlyList<string> Ranges { get; }

    /// <summary>Compiles and starts it; skips the test where there is no compiler.</summary>
    internal static WorkloadRun Start(string compilerOption, params string[] arguments)
    {
        var program = new CProgram("workload", compilerOption);
        Process process = Process.Start(new ProcessStartInfo(program.Path, arguments) { RedirectStandardOutput = true })!;
        string[] words = process.StandardOutput.ReadLine()!.Split(' ');
        return new WorkloadRun(process, program, words[1..]);
    }

    /// <summary>Nanoseconds of CPU time of each thread.</summary>
    internal Dictionary<int, long> CpuOfThreads() => Directory.GetDirectories($"/proc/{Pid}/task").Select(static task =>
    {
        try
        {
            return (Tid: (int)Number(Path.GetFileName(task)), CpuNs: Number(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0]));
        }
        catch (IOException)
        {
            // It has ended.
            return default;
        }
    }).Where(static thread => thread.Tid > 0).ToDictionary(static thread => thread.Tid, static thread => thread.CpuNs);

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
        _program.Dispose();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    internal sealed record Truth(long Range, string Function, long Accesses, long Writes, long CpuNs);
}
