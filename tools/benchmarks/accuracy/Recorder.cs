using System.Diagnostics;
using System.Globalization;

namespace Damon.Trace.Accuracy;

/// <summary>A running damon-trace record.</summary>
internal sealed class Recorder : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly double _cpuBefore;

    private Recorder(Process process, double cpuBefore)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
        _cpuBefore = cpuBefore;
    }

    internal static Recorder Start(string program, string pids, int seconds, Setting setting, string path)
    {
        double before = Signals.ChildrenCpuSeconds();
        string duration = string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
        var start = new ProcessStartInfo(program, ["record", "-p", pids, "--duration", duration, "-o", path, .. setting.Arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        return new Recorder(Process.Start(start)!, before);
    }

    /// <summary>CPU time so far: user and system time of proc_pid_stat(5), in ticks of 10 ms.</summary>
    internal double CpuSeconds()
    {
        string stat = File.ReadAllText($"/proc/{_process.Id}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }

    /// <summary>Waits for the end and returns all its CPU time.</summary>
    /// <exception cref="InvalidOperationException">The recording failed.</exception>
    internal double Finish()
    {
        _process.WaitForExit();
        return _process.ExitCode == 0
            ? Signals.ChildrenCpuSeconds() - _cpuBefore
            : throw new InvalidOperationException($"damon-trace ended with {_process.ExitCode}: {_error.Result.Trim()}");
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
    }
}
