using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Monitoring.Tests.Schemes;

/// <summary>What holds whatever schemes, regions and memory there are.</summary>
public sealed class SchemePropertyTests
{
    private const long SecondNs = 1_000_000_000;
    private static readonly DamonAttributes s_attributes = new() { SampleUs = 5_000, AggrUs = 100_000 };

    /// <summary>1,000 seeded cases: cuts by quota and filters together keep the memory, and nobody gets what he should not.</summary>
    [Fact]
    public void SplitFilterAndQuota_TogetherKeepTheirWord() => Cases.ForAll(random =>
    {
        ulong holes = random.NextUInt64();
        VirtualMachine machine = new() { NsPerByte = random.Next(0, 2) / 10.0, IsThere = page => ((holes >> (int)(page & 63)) & 1) == 0 };
        SchemeEngine engine = new(machine, machine, Run.Page);
        for (ulong i = random.Next(1, 3); i > 0; i--)
        {
            engine.Add(RandomScheme(random));
        }

        var target = new DamonTarget { TargetId = random.Next(0, 1), NrSamples = 20 };
        foreach (DamonRegion region in Cases.Regions(random).AsSpan())
        {
            target.RegionArray.Append(region);
        }

        target.RegionArray.TakeAppended();
        for (int pass = 0; pass < 8; pass++)
        {
            CheckPass(engine, machine, target);
            machine.NowNs += (long)random.Next(0, 2_000_000_000);
        }
    });

    [Fact]
    public void Quota_IsNeverExceededInAnHour()
    {
        VirtualMachine machine = new() { NsPerByte = 0.1 };
        SchemeEngine engine = new(machine, machine, Run.Page);
        RunningScheme scheme = engine.Add(new Scheme
        {
            Action = SchemeAction.PageOut,
            Pattern = new() { MaxAccesses = AccessBound.Min },
            Quota = new() { SizeBytes = 10 << 20, TimeMs = 1, Weights = new(0, 0, 1) },
        });
        var target = new DamonTarget { TargetId = 0, NrSamples = 20 };
        for (ulong i = 0; i < 100; i++)
        {
            target.RegionArray.Append(new DamonRegion { Start = i << 22, End = (i + 1) << 22, Age = (uint)i });
        }

        target.RegionArray.TakeAppended();
        ulong total = 0;
        for (int window = 0; window < 3_600; window++)
        {
            machine.NowNs = window * SecondNs;
            ulong before = machine.ActedOn;
            for (int pass = 0; pass < 10; pass++)
            {
                engine.Apply([target], scheme.NextApply, s_attributes, ulong.MaxValue);
            }

            ulong acted = machine.ActedOn - before;
            Assert.InRange(acted, 0ul, scheme.Quota.EffectiveSize);

            // 0.1 ns a byte: 1 ms is 10,000,000 bytes, less than 10 MiB. The first window does not know that yet: 1 ms x 1024 pages.
            Assert.InRange(acted, 0ul, 10_000_000ul);
            total += acted;
        }

        Assert.Equal(total, scheme.Counters.SzApplied);
        Assert.InRange(scheme.Quota.TotalTime.TotalMilliseconds, 3_000, 3_600);
    }

    [Fact]
    public void Watermarks_DecideOverAnHour()
    {
        VirtualMachine machine = new();
        SchemeEngine engine = new(machine, machine, Run.Page);
        RunningScheme scheme = engine.Add(new Scheme
        {
            Action = SchemeAction.Stat,
            Watermarks = new() { Metric = WatermarkMetric.FreeMemRate, IntervalUs = 5_000_000, High = 500, Mid = 400, Low = 200 },
        });
        var target = new DamonTarget { TargetId = 0, NrSamples = 20 };
        target.RegionArray.Set([new AddressRange(0, Run.Page)]);
        bool expected = true;
        long lookedNs = long.MinValue;
        for (int second = 0; second < 3_600; second++)
        {
            machine.NowNs = second * SecondNs;
            machine.Metric = (uint)(350 + (300 * Math.Sin(second / 60.0)));
            if (expected || machine.NowNs - lookedNs >= 5 * SecondNs)
            {
                lookedNs = machine.NowNs;
                expected = machine.Metric is >= 200 and <= 500 && (machine.Metric < 400 || expected);
            }

            int before = machine.Tried.Count;
            engine.Apply([target], scheme.NextApply, s_attributes, ulong.MaxValue);
            Assert.Equal(expected, scheme.IsOn);
            Assert.Equal(expected ? before + 1 : before, machine.Tried.Count);
        }

        Assert.InRange(machine.Tried.Count, 500, 3_000); // it was on and it was off
    }

    private static Scheme RandomScheme(SeededRandom random)
    {
        List<SchemeFilter> filters = [];
        for (ulong i = random.Next(0, 2); i > 0; i--)
        {
            ulong start = random.Next(0, 5_000) * Run.Page;
            filters.Add(new SchemeFilter
            {
                Kind = random.Next(0, 3) == 0 ? FilterKind.Target : FilterKind.Address,
                Allow = random.Next(0, 1) == 0,
                Matching = random.Next(0, 1) == 0,
                TargetIndex = random.Next(0, 1),
                Range = new(start, start + (random.Next(1, 5_000) * Run.Page)),
            });
        }

        return new Scheme
        {
            Action = (SchemeAction)random.Next(0, 5),
            Pattern = new() { MaxAccesses = AccessBound.Samples(random.Next(0, 20)), MinAge = AgeBound.Aggregations(random.Next(0, 30)) },
            Filters = filters,
            Quota = new()
            {
                SizeBytes = random.Next(0, 2) == 0 ? 0 : random.Next(1, 4_000) * Run.Page,
                TimeMs = random.Next(0, 2) == 0 ? 1ul : 0,
                Weights = new(0, (uint)random.Next(0, 1), (uint)random.Next(0, 1)),
            },
        };
    }

    private static void CheckPass(SchemeEngine engine, VirtualMachine machine, DamonTarget target)
    {
        ulong size = target.RegionArray.TotalSize();
        machine.Tried.Clear();
        engine.Apply([target], engine.Schemes.Max(scheme => scheme.NextApply), s_attributes, ulong.MaxValue);
        Assert.Equal(size, target.RegionArray.TotalSize());
        ulong end = 0;
        foreach (DamonRegion region in target.Regions)
        {
            Assert.True(region.Start >= end && region.Start < region.End && (region.Start | region.End) % Run.Page == 0, "sorted, whole pages");
            end = region.End;
        }

        foreach (RunningScheme scheme in engine.Schemes)
        {
            CheckScheme(scheme, machine, target.TargetId);
        }
    }

    private static void CheckScheme(RunningScheme running, VirtualMachine machine, ulong targetId)
    {
        Scheme scheme = running.Scheme;
        if (scheme.Quota.IsSet)
        {
            Assert.InRange(running.Quota.Charged, 0ul, running.Quota.EffectiveSize);
        }

        ulong end = 0;
        foreach ((int index, _, DamonRegion region) in machine.Tried)
        {
            if (index != running.Index)
            {
                continue;
            }

            Assert.True(region.Start >= end, "nobody gets a region twice in a pass");
            Assert.True(region.Age >= running.Match.MinAge, "old enough");
            Assert.All((ulong[])[region.Start, region.End - Run.Page], page => Assert.True(IsAllowed(scheme, page, targetId), "filters hold for every page"));
            end = region.End;
        }
    }

    private static bool IsAllowed(Scheme scheme, ulong page, ulong targetId)
    {
        foreach (SchemeFilter filter in scheme.Filters)
        {
            bool isOf = filter.Kind == FilterKind.Target ? filter.TargetIndex == targetId : page >= filter.Range.Start && page < filter.Range.End;
            if (isOf == filter.Matching)
            {
                return filter.Allow;
            }
        }

        return scheme.Filters.Count == 0 || !scheme.Filters[^1].Allow;
    }
}
