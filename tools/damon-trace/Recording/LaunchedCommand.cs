using System.ComponentModel;
using System.Diagnostics;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Cli.Recording;

/// <summary>The command of <c>record -- COMMAND</c>: started by us, so ended by us when the recording ends before it does.</summary>
internal sealed class LaunchedCommand : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly Process _process;

    private LaunchedCommand(Process process)
    {
        _process = process;
    }

    internal int Pid => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>Starts the command with this program's stdin, stdout and stderr.</summary>
    /// <exception cref="UserErrorException">It cannot be started.</exception>
    internal static LaunchedCommand Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false };
        try
        {
            return new LaunchedCommand(Process.Start(start)!);
        }
        catch (Win32Exception error)
        {
            throw new UserErrorException($"cannot start '{command[0]}': {error.Message}", "check the command's name and permissions", ExitCode.Usage);
        }
    }

    /// <summary>Ends the command as Ctrl-C would, and harder when it does not listen.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = Signal.Send(_process.Id, Signal.SIGTERM);
            if (!_process.WaitForExit(s_patience))
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }
}
