using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Cli.Recording;

/// <summary>The command of <c>record -- COMMAND</c>: started by us, so ended by us when the recording ends before it does.</summary>
internal sealed class LaunchedCommand : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    // A command that has just ended is reaped by the runtime a moment later.
    private static readonly TimeSpan s_reaping = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;
    private readonly string _name;
    private readonly IDisposable _leaving;
    private bool _ended;

    private LaunchedCommand(Process process, string name)
    {
        _process = process;
        _name = name;
        _leaving = Interruption.BeforeLeaving(() => Signal.Send(process.Id, SIGTERM));
    }

    internal int Pid => _process.Id;

    /// <summary>Whether it has ended; waits a moment, for the kernel tells others of its end before the runtime knows.</summary>
    internal bool HasJustEnded() => _process.WaitForExit(s_reaping);

    /// <summary>Starts the command with this program's stdin, stdout and stderr.</summary>
    /// <exception cref="UserErrorException">It cannot be started.</exception>
    internal static LaunchedCommand Start(IReadOnlyList<string> command)
    {
        string program = command[0];
        if (program.Length == 0 || Directory.Exists(program))
        {
            throw new UserErrorException(
                program.Length == 0 ? "the command to start is empty" : $"cannot start '{program}': it is a directory",
                "use 'damon-trace record -- COMMAND ARGS...'", ExitCode.Usage);
        }

        var start = new ProcessStartInfo(program, command.Skip(1)) { UseShellExecute = false };

        // What is ignored here is ignored there, and .NET ignores SIGPIPE: 'yes | head -1' would go on for ever.
        Signal.SetIgnored(SIGPIPE, false);
        try
        {
            return new LaunchedCommand(Process.Start(start)!, program);
        }
        catch (Win32Exception error)
        {
            string hint = program.All(char.IsAsciiDigit)
                ? $"'damon-trace record -p {program}' records the process {program}"
                : "check the command's name and permissions";
            throw new UserErrorException($"cannot start '{program}': {Reason(error)}", hint, ExitCode.Usage);
        }
        finally
        {
            Signal.SetIgnored(SIGPIPE, true);
        }
    }

    /// <summary>
    /// The command ends with the recording: as Ctrl-C would end it, and harder when it does not listen. Says so, and what it ended with.
    /// </summary>
    internal void End(TextWriter error)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        if (HasJustEnded())
        {
            if (_process.ExitCode != 0)
            {
                error.WriteLine($"damon-trace: '{_name}' ended with exit code {_process.ExitCode}");
            }

            return;
        }

        error.WriteLine($"damon-trace: '{_name}' ({_process.Id}) ends with the recording");
        Stop();
        EndedByUs = true;
    }

    /// <summary>It was over before it could be monitored: its own exit code says more, where it has one.</summary>
    internal UserErrorException OverTooSoon() => new(
        $"'{_name}' ended{(ExitStatus == 0 ? "" : $" with exit code {ExitStatus}")} before it could be monitored",
        "only what runs for a second or longer can be", ExitStatus == 0 ? ExitCode.TargetGone : ExitStatus);

    /// <summary>The recording was over before the command was.</summary>
    internal bool EndedByUs { get; private set; }

    /// <summary>What the command ended with, as a shell has it; 0 when it did not end by itself.</summary>
    internal int ExitStatus => _process.HasExited && !EndedByUs ? _process.ExitCode : 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _leaving.Dispose();
        if (!_process.HasExited)
        {
            Stop();
        }

        _process.Dispose();
    }

    private void Stop()
    {
        _ = Signal.Send(_process.Id, SIGTERM);
        if (!_process.WaitForExit(s_patience))
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    private static string Reason(Win32Exception error) => error.NativeErrorCode switch
    {
        Errno.ENOENT => "there is no such program",
        Errno.EACCES => "permission denied, or it is no program",
        _ => Marshal.GetPInvokeErrorMessage(error.NativeErrorCode),
    };
}
