using System.Diagnostics;

namespace Damon.Trace.Tracer.Tests.Targets;

/// <summary>A process that a test started and ends.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process)
    {
        _process = process;
    }

    internal int Pid => _process.Id;

    internal static ChildProcess Start(string program, params string[] arguments)
    {
        return new ChildProcess(Process.Start(new ProcessStartInfo(program, arguments))!);
    }

    internal void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
