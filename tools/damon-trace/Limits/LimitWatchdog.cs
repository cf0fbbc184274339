using System.CommandLine;
using System.Diagnostics;
using Damon.Trace.Cli.Arguments;

namespace Damon.Trace.Cli.Limits;

/// <summary>
/// A process of its own that gives a control group its limit back when the one that set it ends, however it ends: the pipe between the two closes
/// then. It does the same when the time is over, and when it is told to end itself.
/// </summary>
internal sealed class LimitWatchdog : IDisposable
{
    internal const string Name = "limit-watchdog";

    private const string Ready = "ready";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private LimitWatchdog(Process process) => _process = process;

    /// <summary>Starts it, and waits until it watches.</summary>
    /// <exception cref="UserErrorException">It does not start: then no limit must be set.</exception>
    internal static LimitWatchdog Start(MemoryGroup group, string high, TimeSpan longest)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Name, group.Folder, high, $"{(int)Math.Ceiling(longest.TotalSeconds)}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var watchdog = new LimitWatchdog(Process.Start(start)!);
        Task<string?> ready = watchdog._process.StandardOutput.ReadLineAsync();
        if (ready.Wait(s_patience) && ready.Result == Ready)
        {
            return watchdog;
        }

        watchdog.Dispose();
        throw new UserErrorException("the process that would restore the limit does not start", "nothing was changed; please report it", ExitCode.Bug);
    }

    /// <summary>The hidden command.</summary>
    internal static Command CreateCommand()
    {
        var folder = new Argument<string>("folder");
        var high = new Argument<string>("high");
        var seconds = new Argument<int>("seconds") { CustomParser = Number.Whole(1, int.MaxValue) };
        var command = new Command(Name, "Gives a control group its limit back.") { folder, high, seconds };
        command.Hidden = true;
        command.SetAction((parse, _) => Task.FromResult(Watch(
            MemoryGroup.Open(parse.GetValue(folder)!), parse.GetValue(high)!, TimeSpan.FromSeconds(parse.GetValue(seconds)))));
        return command;
    }

    /// <summary>Lets it go: the limit is restored when this returns.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        if (!_process.WaitForExit(s_patience))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static int Watch(MemoryGroup group, string high, TimeSpan longest)
    {
        using IDisposable ending = Interruption.EndsItself();
        using IDisposable leaving = Interruption.BeforeLeaving(() => group.High = high);
        Console.Out.WriteLine(Ready);
        Console.Out.Flush();
        var ended = new TaskCompletionSource();
        new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // Nothing is ever said; what counts is the end.
            }

            ended.TrySetResult();
        })
        { IsBackground = true, Name = "parent" }.Start();

        // A Ctrl-C of the terminal reaches both: whoever set the limit ends by itself then, and the pipe with it.
        _ = ended.Task.Wait(longest);
        group.High = high;
        return ExitCode.Ok;
    }
}
