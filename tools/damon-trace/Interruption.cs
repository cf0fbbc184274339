using System.Runtime.InteropServices;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Cli;

/// <summary>
/// Signals that end a command: SIGINT, SIGTERM, SIGHUP. The command runs on a thread of its own, so that they end it also where that thread
/// waits for a pipe nobody writes to: the process leaves at once, quietly, and without leaving anything half. Only what
/// <see cref="EndsItself">ends itself</see> is told first, and left at a second signal. To a service SIGHUP is no end: it <see cref="TakesHangUps"/>.
/// </summary>
internal static class Interruption
{
    /// <summary>Ctrl-C reaches a process more than once where its parents pass it on: that is still the first.</summary>
    private const long SameMs = 500;

    /// <summary>SIGXFSZ: a file has reached the limit of ulimit -f. The write says so, too, which is an error like any other.</summary>
    private const PosixSignal FileTooLarge = (PosixSignal)25;

    private const int HangUp = 1;

    private static readonly (PosixSignal Signal, int Number)[] s_signals = [(PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15), (PosixSignal.SIGHUP, HangUp)];
    private static readonly Lock s_lock = new();
    private static readonly List<PosixSignalRegistration> s_registrations = [];
    private static readonly List<Action> s_cleanups = [];
    private static readonly CancellationTokenSource s_told = new();
    private static Func<bool>? s_hangUp;
    private static bool s_defersHangUps;
    private static bool s_hasDeferred;
    private static int s_endingThemselves;
    private static int s_first;
    private static long s_firstMs;
    private static int? s_over;

    /// <summary>As a shell has it for a program that a signal ended: 130 for SIGINT.</summary>
    internal static int ExitCode => 128 + (s_first == 0 ? 2 : s_first);

    /// <summary>Runs a command to its end, or to that of the user's patience.</summary>
    internal static int Run(Func<CancellationToken, int> command)
    {
        foreach ((PosixSignal signal, int number) in s_signals)
        {
            s_registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                OnSignal(number);
            }));
        }

        s_registrations.Add(PosixSignalRegistration.Create(FileTooLarge, static context => context.Cancel = true));

        int exitCode = 0;
        var thread = new Thread(() => exitCode = command(s_told.Token)) { Name = "command", IsBackground = true };
        thread.Start();
        thread.Join();

        // The registrations stay: without them a signal would begin the runtime's exit once more, and the two would wait for each other.
        lock (s_lock)
        {
            s_over = exitCode;
        }

        return exitCode;
    }

    /// <summary>
    /// Gives the one output of a command its name. A signal comes before that and nothing is left, or after it, and ends a command that has succeeded:
    /// never does one say that it was interrupted beside an output that is whole, nor take away what is just getting its name.
    /// </summary>
    internal static void Finish(Action complete)
    {
        lock (s_lock)
        {
            complete();
            s_over = Cli.ExitCode.Ok;
        }
    }

    /// <summary>While the result is not disposed the command ends by itself when its token is cancelled.</summary>
    internal static IDisposable EndsItself()
    {
        Interlocked.Increment(ref s_endingThemselves);
        return new Scope(() => Interlocked.Decrement(ref s_endingThemselves));
    }

    /// <summary>A service begins: SIGHUP, which may come at once, waits until the command knows what it means.</summary>
    internal static void DeferHangUps() => s_defersHangUps = true;

    /// <summary>They end the command, one that waits, too, unless it <see cref="TakesHangUps"/>.</summary>
    internal static void DeferHangUpsNoMore()
    {
        lock (s_lock)
        {
            s_defersHangUps = false;
            if (s_hasDeferred)
            {
                s_hasDeferred = false;
                OnSignal(HangUp);
            }
        }
    }

    /// <summary>While the result is not disposed SIGHUP ends nothing, but is told to this; unless it says that it is an end all the same.</summary>
    internal static IDisposable TakesHangUps(Func<bool> take)
    {
        lock (s_lock)
        {
            s_hangUp = take;
            DeferHangUpsNoMore();
        }

        return new Scope(() =>
        {
            lock (s_lock)
            {
                s_hangUp = null;
            }
        });
    }

    /// <summary>While the result is not disposed this is done before the process leaves without unwinding.</summary>
    /// <param name="cleanUp">What is to be done.</param>
    /// <param name="begin">Makes what it cleans up: no signal comes between the two. Null when it is there.</param>
    internal static IDisposable BeforeLeaving(Action cleanUp, Action? begin = null)
    {
        lock (s_lock)
        {
            begin?.Invoke();
            s_cleanups.Add(cleanUp);
        }

        return new Scope(() =>
        {
            lock (s_lock)
            {
                s_cleanups.Remove(cleanUp);
            }
        });
    }

    private static void OnSignal(int number)
    {
        lock (s_lock)
        {
            if (s_over is { } exitCode)
            {
                Unistd.ExitNow(exitCode);
            }

            if (number == HangUp && s_first == 0 && (s_defersHangUps || s_hangUp?.Invoke() == true))
            {
                s_hasDeferred |= s_defersHangUps;
                return;
            }

            bool first = s_first == 0;
            if (first)
            {
                (s_first, s_firstMs) = (number, Environment.TickCount64);
            }

            if (s_endingThemselves > 0 && (first || Environment.TickCount64 - s_firstMs < SameMs))
            {
                _ = s_told.CancelAsync();
                return;
            }

            Leave();
        }
    }

    private static void Leave()
    {
        foreach (Action cleanUp in s_cleanups)
        {
            try
            {
                cleanUp();
            }
            catch (Exception)
            {
                // Whoever asked to leave is not to be kept, nor told about what is not the cause.
            }
        }

        OutputFile.DiscardUnfinished();
        Unistd.ExitNow(ExitCode);
    }

    private sealed class Scope(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
