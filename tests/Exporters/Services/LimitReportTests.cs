using System.Text.Json;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Limit;

namespace Damon.Trace.Exporters.Tests.Services;

/// <summary>
/// The limit report on simulated pages whose times between accesses are known, so that it is known how many come back after any time: a page
/// accessed at random at a rate r comes back r x exp(-r T) times a second after an idle time of T; one accessed each P seconds 1 / P times for
/// T below P, and never beyond. Predictions must hold the truth in their range, and be within a factor of 2 of it.
/// </summary>
public sealed class LimitReportTests
{
    private const int Followed = 4000;
    private const uint PagesPerFollowed = 50;
    private const double Factor = 2;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomReuse_IsPredicted(int seed)
    {
        var random = new Random(seed);
        Page[] pages = [.. Enumerable.Range(0, Followed).Select(i => i switch
        {
            < 800 => Page.AtRandom(0.8, random),
            < 1600 => Page.AtRandom(15, random),
            < 2800 => Page.AtRandom(90, random),
            _ => Page.Never,
        })];

        AssertPredicted(pages, Simulate(pages, 1500));
    }

    [Fact]
    public void PeriodicReuse_IsPredicted()
    {
        var random = new Random(7);
        Page[] pages = [.. Enumerable.Range(0, Followed).Select(i => i switch
        {
            < 1000 => Page.Each(0.05, random),
            < 2000 => Page.Each(40, random),
            _ => Page.Never,
        })];

        AssertPredicted(pages, Simulate(pages, 900));
    }

    /// <summary>What is touched once and never again gets colder all the time, and never comes back.</summary>
    [Fact]
    public void MemoryThatGrowsCold_IsNoRefault()
    {
        Page[] pages = [.. Enumerable.Range(0, Followed).Select(static i => i < 1000 ? Page.Each(0.05, new Random(i)) : Page.OnceAt((i - 1000) / 3.0))];

        LimitResult result = Compute(Simulate(pages, 1000));

        LimitRow row = result.Targets[0].Rows.Single(static row => row.IdleSeconds == 60);
        double crossing = 3.0 * PagesPerFollowed;
        Assert.InRange(row.Refaults, 0, crossing * 0.15);
        Assert.InRange(row.LowRefaults, 0, 1);
    }

    [Fact]
    public void Advice_IsTheSmallestLimitThatCostsLittle()
    {
        var random = new Random(11);
        Page[] pages = [.. Enumerable.Range(0, Followed).Select(i => i < 1000 ? Page.Each(0.05, random) : i < 2000 ? Page.Each(40, random) : Page.Never)];

        LimitResult cheap = Compute(Simulate(pages, 900), new LimitOptions { LatencyUs = 1, MaxLoss = 0.01 });
        LimitResult dear = Compute(Simulate(pages, 900), new LimitOptions { LatencyUs = 10_000, MaxLoss = 0.01 });

        // 1,250 pages a second come back when what is accessed each 40 s has to go: 0.1 % of a CPU's time at 1 us, twelve times all of it at 10 ms.
        ulong quarter = Followed * PagesPerFollowed * RegionEstimateRecord.PageBytes / 4;
        Assert.InRange(cheap.Targets[0].Advice!.LimitBytes, quarter * 0.95, quarter * 1.15);
        Assert.InRange(dear.Targets[0].Advice!.LimitBytes, 2 * quarter * 0.95, 2 * quarter * 1.1);
        Assert.True(dear.Targets[0].Advice!.Row.IdleSeconds > 60);
        Assert.True(dear.Targets[0].Advice!.SavedBytes > 1.8 * quarter);
    }

    [Fact]
    public void LimitInMind_LiesBetweenItsNeighbours()
    {
        var random = new Random(5);
        Page[] pages = [.. Enumerable.Range(0, Followed).Select(i => i < 2000 ? Page.AtRandom(30, random) : Page.Never)];
        ulong limit = Followed * PagesPerFollowed * RegionEstimateRecord.PageBytes / 4;

        LimitScope scope = Compute(Simulate(pages, 900), new LimitOptions { Limits = [limit, 1] }).Targets[0];

        LimitRow row = scope.Rows.Single(static row => row.IsAskedFor);
        int at = scope.Rows.ToList().IndexOf(row);
        Assert.Equal(limit, row.LimitBytes);
        Assert.InRange(row.Refaults, scope.Rows[at - 1].LowRefaults, scope.Rows[at + 1].HighRefaults!.Value);

        // Half of the pages that are accessed at random each 30 s fit: T is where half of them are younger, and the others come back.
        double truth = 2000 * PagesPerFollowed / 30.0 * 0.5;
        Assert.InRange(row.Refaults, truth / Factor, truth * Factor);
    }

    /// <summary>
    /// Touched of what two map under one name is a half by one and a quarter by the other. Where proportional sizes say, or nobody does, that they map
    /// the same pages: a half, of which the other, as a worker of the same pool, touches a part. Where they are the resident sizes each has its own pages: a half and a quarter.
    /// </summary>
    [Theory]
    [InlineData(null, 1, 0.5)]
    [InlineData(0.5, 1, 0.5)]
    [InlineData(1.0, 2, 0.75)]
    public void SharedMemory_CountsOnceInTheTotal(double? proportion, int times, double touched)
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Target(0, 1, "a", "a").Target(1, 2, "b", "b")
            .Mapping(0, 0x1000_0000, 0x2000_0000, "rw-s", "/dev/shm/pool").Mapping(1, 0x1000_0000, 0x2000_0000, "rw-s", "/dev/shm/pool");
        for (int second = 0; second < 100; second++)
        {
            recording.Snapshot(second * 10, [(0x1000_0000, 0x2000_0000, 1, 1)]).Snapshot(second * 10, [(0x1000_0000, 0x2000_0000, 1, 1)], targetId: 1);
            foreach (ulong target in (ulong[])[0, 1])
            {
                Hold(recording, target, second, proportion);
                Look(recording, target, second + 0.5, resident: 65_536, within: target == 0 ? 1000 : 500, never: target == 0 ? 1000 : 1500);
            }
        }

        LimitResult result = Compute(recording);

        Assert.Equal(2, result.Targets.Count);
        Assert.Equal((ulong)times * 65_536 * 4096, result.Total!.ResidentBytes);
        Assert.Equal((ulong)(2 - times) * 65_536 * 4096, result.Total.CountedOnceBytes);
        LimitRow row = result.Total.Rows.Single(static row => row.IdleSeconds == 10);
        Assert.InRange(row.LimitBytes, (touched - 0.005) * 65_536 * 4096, (touched + 0.005) * 65_536 * 4096);
    }

    /// <summary>Four workers read any page of one pool at random, some pages 150 times as often as others: each sees a quarter of the reads.</summary>
    [Fact]
    public void PoolOfWorkers_IsPredicted()
    {
        const int workers = 4;
        const double slowest = 0.004;
        double[] rates = [.. Enumerable.Range(0, Followed).Select(static i => slowest * Math.Exp(5.0 * i / Followed))];
        HandmadeRecording recording = new();
        Page[][] pages = new Page[workers][];
        for (ulong worker = 0; worker < workers; worker++)
        {
            var random = new Random((int)worker);
            pages[worker] = [.. rates.Select(rate => Page.AtRandom(workers / rate, random))];
            recording.Target(worker, (int)worker + 1, "a", "a").Mapping(worker, 0x1000_0000, 0x7000_0000, "rw-s", "/dev/zero (deleted)");
        }

        for (int second = 0; second < 300; second++)
        {
            for (ulong worker = 0; worker < workers; worker++)
            {
                recording.Snapshot(second * 10, [(0x1000_0000, 0x7000_0000, 1, 1)], targetId: worker);
                Hold(recording, worker, second, proportion: 1.0 / workers);
                Look(recording, worker, second + 0.5, pages[worker]);
            }
        }

        LimitScope total = Compute(recording).Total!;

        foreach (LimitRow row in total.Rows.Where(static row => row.IdleSeconds is >= 1 and <= 60))
        {
            // What a kernel that takes what was idle longest brings back under a limit of this size.
            double seconds = SecondsToTouch(rates, row.LimitBytes / (double)total.ResidentBytes);
            double truth = rates.Sum(rate => rate * Math.Exp(-rate * seconds)) * PagesPerFollowed;
            Assert.InRange(row.Refaults, truth / Factor, truth * Factor);
            Assert.InRange(truth, row.LowRefaults, row.HighRefaults!.Value);
        }
    }

    [Theory]
    [InlineData(ReportFormat.Text)]
    [InlineData(ReportFormat.Json)]
    [InlineData(ReportFormat.Csv)]
    public void EveryFormat_HasTheAdvice(ReportFormat format)
    {
        var random = new Random(11);
        Page[] pages = [.. Enumerable.Range(0, Followed).Select(i => i < 1000 ? Page.Each(0.05, random) : Page.Never)];
        HandmadeRecording recording = Simulate(pages, 200);
        using var output = new StringWriter();

        LimitReport.Write(() => recording, new LimitOptions(), format, output, CancellationToken.None);

        string text = output.ToString();
        LimitAdvice advice = Compute(recording).Targets[0].Advice!;
        if (format == ReportFormat.Json)
        {
            JsonElement json = JsonDocument.Parse(text).RootElement.GetProperty("targets")[0].GetProperty("advice");
            Assert.Equal(advice.LimitBytes, json.GetProperty("limit_bytes").GetUInt64());
        }
        else if (format == ReportFormat.Csv)
        {
            string[] row = text.Split('\n').Single(static line => line.EndsWith(",1", StringComparison.Ordinal)).Split(',');
            Assert.Equal($"{advice.Row.LimitBytes}", row[4]);
        }
        else
        {
            Assert.Contains($"advice: {ReportText.ShortSize(advice.LimitBytes)}", text, StringComparison.Ordinal);
            Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 82, line));
        }
    }

    [Fact]
    public void RecordingWithoutIdleTimes_IsRefused()
    {
        HandmadeRecording recording = new HandmadeRecording().Snapshot(0, [(0x1000, 0x2000, 1, 1)]);

        RecordingFormatException refusal = Assert.Throws<RecordingFormatException>(() => Compute(recording));

        Assert.Contains("idle times", refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertPredicted(Page[] pages, HandmadeRecording recording)
    {
        LimitScope scope = Compute(recording).Targets[0];
        LimitRow[] rows = [.. scope.Rows.Where(static row => row.IdleSeconds >= 1)];
        Assert.True(rows.Length >= 6, $"only {rows.Length} rows");
        foreach (LimitRow row in rows)
        {
            double truth = pages.Sum(page => page.ReturnsAfter(row.IdleSeconds)) * PagesPerFollowed;
            string what = $">{row.IdleSeconds} s: {row.Refaults:F1} ({row.LowRefaults:F1} to {row.HighRefaults:F1}), in truth {truth:F1}";
            Assert.True(truth >= row.LowRefaults * 0.99 && truth <= row.HighRefaults * 1.01, what);
            Assert.True(truth < 20 || (row.Refaults >= truth / Factor && row.Refaults <= truth * Factor), what);
        }
    }

    private static LimitResult Compute(HandmadeRecording recording, LimitOptions? options = null) =>
        LimitReport.Compute(() => recording, options ?? new LimitOptions(), CancellationToken.None);

    /// <summary>A look each second, and a snapshot for it.</summary>
    private static HandmadeRecording Simulate(Page[] pages, int seconds)
    {
        HandmadeRecording recording = new HandmadeRecording().Target(0, 1, "app", "app").Mapping(0, 0x1000_0000, 0x7000_0000, "rw-p", "");
        int[] counts = new int[IdleBuckets.Count];
        for (int second = 0; second < seconds; second++)
        {
            double now = second + 0.5;
            Array.Clear(counts);
            foreach (Page page in pages)
            {
                double? seen = page.LastAt(now);
                if (page.IsNew && seen is null)
                {
                    continue;
                }

                counts[seen is { } last && last > 0 ? IdleBuckets.Of((ulong)((now - last) * 1e9)) : IdleBuckets.NrBounds]++;
            }

            recording.Snapshot(second * 10, [(0x1000_0000, 0x7000_0000, 1, 1)]);
            recording.Idle(now, [(0, (uint)counts.Sum() * PagesPerFollowed, 0, [.. counts.Select((count, bucket) => (bucket, (ushort)count))])], changes: static _ => 400);
        }

        return recording;
    }

    private static void Hold(HandmadeRecording recording, ulong target, int second, double? proportion)
    {
        const ulong resident = 65_536 * 4096;
        Footprint footprint = new()
        {
            TargetId = target,
            TimeNs = ((ulong)second * 1_000_000_000) + 1,
            RssBytes = resident,
            PssBytes = proportion is { } share ? (ulong)(share * resident) : Footprint.Unknown,
        };
        recording.Call(sink => sink.OnFootprint(in footprint));
    }

    private static IdlePages IdleAt(ulong target, double seconds) => new()
    {
        TargetId = target,
        TimeNs = (ulong)(seconds * 1e9),
        ShortNs = 100_000_000,
        LongNs = 1_000_000_000,
        Generation = 1,
        NrRecords = 1,
    };

    private static void Look(HandmadeRecording recording, ulong target, double seconds, uint resident, int within, int never)
    {
        IdlePages idle = IdleAt(target, seconds);
        IdleRecord record = new() { Mapping = 0, ResidentPages = resident };
        record.NrPages[0] = (ushort)within;
        record.NrPages[IdleBuckets.NrBounds] = (ushort)never;
        recording.Call(sink => sink.OnIdle(in idle, [record]));
    }

    private static void Look(HandmadeRecording recording, ulong target, double seconds, Page[] pages)
    {
        IdlePages idle = IdleAt(target, seconds);
        IdleRecord record = new() { Mapping = 0, ResidentPages = Followed * PagesPerFollowed };
        foreach (Page page in pages)
        {
            record.NrPages[page.LastAt(seconds) is { } last && last > 0 ? IdleBuckets.Of((ulong)((seconds - last) * 1e9)) : IdleBuckets.NrBounds]++;
        }

        recording.Call(sink => sink.OnIdle(in idle, [record]));
    }

    private static double SecondsToTouch(double[] rates, double share)
    {
        (double low, double high) = (0, 1e6);
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = rates.Average(rate => 1 - Math.Exp(-rate * middle)) < share ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>A page whose accesses are known.</summary>
    private sealed class Page
    {
        private readonly Func<double, double?> _next;
        private readonly Func<double, double> _returns;
        private double? _upcoming;
        private double? _last;

        private Page(double? first, Func<double, double?> next, Func<double, double> returns)
        {
            (_upcoming, _next, _returns) = (first, next, returns);
        }

        internal static Page Never => new(null, static _ => null, static _ => 0);

        internal static Page OnceAt(double time) => new(time, static _ => null, static _ => 0) { IsNew = true };

        /// <summary>It is not there before its first access.</summary>
        internal bool IsNew { get; private init; }

        internal static Page Each(double period, Random random) =>
            new(period * random.NextDouble(), now => now + period, idle => idle < period ? 1 / period : 0);

        internal static Page AtRandom(double mean, Random random)
        {
            double Wait() => -mean * Math.Log(1 - random.NextDouble());
            return new Page(Wait(), now => now + Wait(), idle => Math.Exp(-idle / mean) / mean);
        }

        /// <summary>Times a second that it is accessed after an idle time of more than this.</summary>
        internal double ReturnsAfter(double idle) => _returns(idle);

        /// <summary>The latest access; asked for ascending times.</summary>
        internal double? LastAt(double now)
        {
            while (_upcoming <= now)
            {
                _last = _upcoming;
                _upcoming = _next(_upcoming.Value);
            }

            return _last;
        }
    }
}
