using System.Diagnostics;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Tracepoints.LttngUst;
using Damon.Trace.Tracer.Tracepoints.Usdt;
using Damon.Trace.Tracer.Tracepoints.UserEvents;
using Microsoft.Diagnostics.NETCore.Client;

namespace Damon.Trace.Benchmarks;

/// <summary>
/// What one event costs the thread that emits it: bursts of one snapshot, as a kdamond emits them, with a pause after each for the
/// tracer to drain its buffers. Median and best of all bursts, in nanoseconds of a clock.
/// </summary>
internal static class EventCost
{
    private const int Regions = 1000;
    private const int WarmUps = 200;
    private const int Bursts = 200;

    /// <summary>Measures one family, waiting until its tracer listens when it is to; returns the exit code.</summary>
    /// <param name="family">eventpipe, usdt, lttng or user-events.</param>
    /// <param name="attached">Whether a tracer listens.</param>
    public static int Report(string family, bool attached)
    {
        using EventPipeSession? session = family == "eventpipe" && attached ? SyntheticRecording.StartSession(256) : null;
        if (session is not null)
        {
            new Thread(() => session.EventStream.CopyTo(Stream.Null)) { IsBackground = true }.Start();
        }

        using INativeTracepoint? native = family switch
        {
            "usdt" => UsdtTracepoint.Register(),
            "lttng" => LttngUstTracepoint.Register(),
            "user-events" => UserEventsTracepoint.Register(),
            _ => null,
        };
        if (native is { Capability.Available: false })
        {
            Console.WriteLine($"not run: {native.Capability.Reason}");
            return 1;
        }

        for (int i = 0; native is not null && native.IsEnabled != attached; i++)
        {
            if (i == 200)
            {
                Console.WriteLine(attached ? "not run: no tracer listens" : "not run: a tracer listens");
                return 1;
            }

            Thread.Sleep(50);
        }

        DamonTracepoint tracepoint = native is null ? new DamonTracepoint() : new DamonTracepoint(native);
        (double best, double median) = Measure(tracepoint);
        if (native is not null && native.IsEnabled != attached)
        {
            Console.WriteLine("not run: the tracer came or went meanwhile");
            return 1;
        }

        Console.WriteLine(FormattableString.Invariant($"{median:F1} {best:F1}"));
        return 0;
    }

    /// <summary>Where tracers find the USDT probe, and how tracefs is told of it.</summary>
    public static int PrintLibrary(string group)
    {
        using UsdtTracepoint library = UsdtTracepoint.Register();
        Console.WriteLine($"{library.LibraryPath}\n{library.DescribeUprobe(group, "damon_aggregated")}");
        return library.Capability.Available ? 0 : 1;
    }

    private static (double Best, double Median) Measure(DamonTracepoint tracepoint)
    {
        var header = new SnapshotHeader { NrRegions = Regions, SampleUs = 5000, AggrUs = 100_000, NrSamples = 20 };
        DamonRegion[] regions = new DamonRegion[Regions];
        for (int i = 0; i < Regions; i++)
        {
            regions[i] = new DamonRegion
            {
                Start = SyntheticRecording.FirstAddress + ((ulong)i << 20),
                End = SyntheticRecording.FirstAddress + ((ulong)(i + 1) << 20),
                NrAccesses = (uint)(i % 21),
                Age = (uint)i,
            };
        }

        List<double> bursts = [];
        for (int i = 0; i < WarmUps + Bursts; i++)
        {
            long start = Stopwatch.GetTimestamp();
            tracepoint.OnAggregated(header, default, regions, []);
            double ns = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Regions;
            if (i >= WarmUps)
            {
                bursts.Add(ns);
            }

            Thread.Sleep(5);
        }

        bursts.Sort();
        return (bursts[0], bursts[Bursts / 2]);
    }
}
