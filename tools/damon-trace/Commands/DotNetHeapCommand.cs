using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.DotNet;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Commands;

/// <summary>
/// <c>damon-trace dotnet-heap</c>: the process that <c>--dotnet-names</c> starts for each .NET target. It prints the ranges of the heap again
/// whenever they have changed, see <see cref="HeapText"/>, until its stdin ends or the target does. Tables that are read while they change can
/// bring the debugging library to crash; then it is this process that ends.
/// </summary>
internal static class DotNetHeapCommand
{
    private static readonly TimeSpan s_betweenReadings = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(50);

    /// <summary>A program may take so long from its start to load a runtime.</summary>
    private static readonly TimeSpan s_startOfPrograms = TimeSpan.FromSeconds(5);

    // Share of one CPU that readings may take.
    private const double LargestCpuShare = 0.005;

    // A collector that works all the time has its tables in order for moments only.
    private const int TriesPerReading = 20;

    private static readonly Argument<int> s_pid = new("pid") { Description = "The process.", CustomParser = Number.Whole(1, int.MaxValue) };

    private static readonly Argument<ulong?> s_startTime = new("start-time")
    {
        Description = "Its start time in clock ticks after boot, so that no other process is taken for it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal static Command Create()
    {
        var command = new Command("dotnet-heap", "Print which memory of a .NET process is which generation of its heap, until stdin ends.")
        {
            s_pid, s_startTime,
        };
        command.Hidden = true;
        command.SetAction(parse =>
        {
            int pid = parse.GetValue(s_pid);
            using TargetProcess process = parse.GetValue(s_startTime) is ulong startTime ? TargetProcess.Open(pid, startTime) : TargetProcess.Open(pid);
            using var ended = new ManualResetEventSlim(false);
            new Thread(() => WaitForEndOfInput(ended)) { IsBackground = true }.Start();
            using TargetRuntime? runtime = Await(process, ended);
            if (runtime is not null)
            {
                Follow(process, runtime.Heap, parse.InvocationConfiguration.Output, ended);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void WaitForEndOfInput(ManualResetEventSlim ended)
    {
        using Stream input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        ended.Set();
    }

    private static TargetRuntime? Await(TargetProcess process, ManualResetEventSlim ended)
    {
        do
        {
            if (TargetRuntime.TryOpen(process) is TargetRuntime runtime)
            {
                return runtime;
            }

            if (Age(process) > s_startOfPrograms)
            {
                throw new UserErrorException(
                    $"process {process.Pid} ({process.Comm}) has no .NET runtime that its heap could be read from",
                    "leave --dotnet-names out; programs published as a single file have their runtime inside and are not supported",
                    ExitCode.NoAccessCheck);
            }
        }
        while (process.IsAlive && !ended.Wait(s_betweenTries));

        return null;
    }

    private static TimeSpan Age(TargetProcess process) =>
        TimeSpan.FromMilliseconds(Environment.TickCount64) - TimeSpan.FromSeconds(process.StartTimeTicks / (double)Unistd.ClockTicksPerSecond);

    private static void Follow(TargetProcess process, HeapReader heap, TextWriter output, ManualResetEventSlim ended)
    {
        // The first reading costs what it takes to compile its code, which says nothing about the next ones.
        _ = heap.TryRead();
        NamedRange[]? told = null;
        while (process.IsAlive)
        {
            TimeSpan before = OwnCpu;
            NamedRange[]? ranges = Read(heap, ended);
            TimeSpan spent = OwnCpu;
            if (ranges is not null && (told is null || !ranges.AsSpan().SequenceEqual(told)))
            {
                HeapText.WriteRanges(output, ranges);
                told = ranges;
            }

            HeapText.WriteEnd(output, spent, complete: told is not null);
            TimeSpan least = told is null ? s_betweenTries : s_betweenReadings;
            TimeSpan affordable = (spent - before) / LargestCpuShare;
            if (ended.Wait(affordable > least ? affordable : least))
            {
                return;
            }
        }
    }

    private static TimeSpan OwnCpu => TimeSpan.FromTicks(Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID) / TimeSpan.NanosecondsPerTick);

    private static NamedRange[]? Read(HeapReader heap, ManualResetEventSlim ended)
    {
        for (int i = 0; i < TriesPerReading; i++)
        {
            if (heap.TryRead() is NamedRange[] ranges)
            {
                return ranges;
            }

            if (ended.Wait(s_betweenTries / TriesPerReading * (i + 1)))
            {
                break;
            }
        }

        return null;
    }
}
