using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>
/// Figures beside perf's in one run: DAMON_TRACE_BENCHMARK_EVENTS says over how many events. Per second of cpu, not of a clock, because
/// machines that run tests are busy; medians of what follows the warm-up, in which the compiler's threads count, too.
/// </summary>
public class PerfDataThroughputTests(ITestOutputHelper output)
{
    private const int WarmUps = 4;
    private const int Runs = 7;

    private readonly Dictionary<string, List<double>> _rates = [];

    [Fact]
    public void Measure()
    {
        string? setting = Environment.GetEnvironmentVariable("DAMON_TRACE_BENCHMARK_EVENTS");
        Assert.SkipWhen(setting is null, "set DAMON_TRACE_BENCHMARK_EVENTS to measure");
        int events = int.Parse(setting, CultureInfo.InvariantCulture);
        using TempFile file = new();
        for (int run = 0; run < WarmUps + Runs; run++)
        {
            Time("write", events, () =>
            {
                using FileStream stream = new(file.Path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 0);
                Send(new PerfDataWriter(stream), events);
            });
            Time("read", events, () =>
            {
                using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
                Count count = new();
                new PerfDataReader(stream).Read(count, CancellationToken.None);
                Assert.Equal(events, count.Events);
            });
            Time("read, write text", events, () =>
            {
                using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
                new PerfDataReader(stream).Read(new PerfScriptWriter(Stream.Null), CancellationToken.None);
            });
        }

        foreach ((string what, List<double> rates) in _rates)
        {
            double[] sorted = [.. rates.Skip(WarmUps).Order()];
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: median {sorted[Runs / 2]:F2} M events/s of cpu ({sorted[0]:F2} .. {sorted[^1]:F2})"));
        }

        if (PerfTool.Missing is null)
        {
            const string Timed = "TIMEFORMAT='%U %S'; time perf script -i \"$0\" > /dev/null 2> /dev/null";
            using Process perf = Process.Start(new ProcessStartInfo("bash", ["-c", Timed, file.Path]) { RedirectStandardError = true })!;
            double[] seconds = [.. perf.StandardError.ReadToEnd().Split(' ').Select(s => double.Parse(s, CultureInfo.InvariantCulture))];
            output.WriteLine($"perf script: {events / seconds.Sum() / 1e6:F2} M events/s of cpu");
        }
    }

    private static void Send(PerfDataWriter sink, int events)
    {
        const int Regions = 1000;
        Snapshot snapshot = new() { Kdamond = "kdamond.0", KdamondTid = 77, NrRegions = Regions, Complete = true };
        for (int at = 0; at < events; at += Regions)
        {
            snapshot.Clear();
            for (int i = 0; i < Regions; i++)
            {
                snapshot.Add(new RegionEvent
                {
                    TimestampNs = ((at / Regions) + 1) * 100_000_000L + (i * 150),
                    Start = 4294967296UL + ((ulong)i * 4096),
                    End = 4294967296UL + ((ulong)(i + 1) * 4096),
                    NrAccesses = (uint)(i % 20),
                    Age = (uint)at,
                });
            }

            sink.OnSnapshot(snapshot);
        }

        sink.OnEnd(new RecordingEnd(events / Regions, 0, events, 0, null));
    }

    private void Time(string what, int events, Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        action();
        double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        if (!_rates.TryGetValue(what, out List<double>? rates))
        {
            _rates.Add(what, rates = []);
        }

        rates.Add(events / seconds / 1e6);
    }

    private sealed class Count : SnapshotsOnly
    {
        public long Events { get; private set; }

        public override void OnSnapshot(Snapshot snapshot) => Events += snapshot.Count;
    }
}
