using System.Diagnostics;

namespace Damon.Trace.Cli.Tests;

/// <summary>damon-trace as a process of its own, for what only a process can show: signals, pipes, kill, users.</summary>
internal sealed class ToolProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;

    private ToolProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    internal int Pid => _process.Id;

    internal StreamReader Output => _process.StandardOutput;

    internal static ToolProcess Start(params string[] arguments) => Start(Repository.Program("damon-trace"), arguments);

    /// <summary>Starts another program with the same handling, e.g. a shell around the tool.</summary>
    internal static ToolProcess Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new ToolProcess(Process.Start(start)!);
    }

    /// <summary>Runs to the end.</summary>
    internal static CommandRun Run(params string[] arguments)
    {
        using ToolProcess tool = Start(arguments);
        return tool.Wait();
    }

    internal void Send(string signal) => _process.Send(signal);

    /// <summary>Waits for the end; a tool that hangs is a failure.</summary>
    internal CommandRun Wait(TimeSpan? patience = null)
    {
        Task<string> output = _process.StandardOutput.ReadToEndAsync();
        Assert.True(_process.WaitForExit(patience ?? s_patience), "damon-trace hangs");
        return new CommandRun(_process.ExitCode, output.Result, _error.Result);
    }

    /// <summary>Waits for the end without reading stdout.</summary>
    internal CommandRun WaitUnread()
    {
        Assert.True(_process.WaitForExit(s_patience), "damon-trace hangs");
        return new CommandRun(_process.ExitCode, "", _error.Result);
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
