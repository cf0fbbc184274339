using Damon.Trace.Cli.Live;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests.Live;

/// <summary>Feeds a view with a recording that never happened: 10 aggregations of 100 ms and 20 samples a second of virtual time.</summary>
internal sealed class LiveFeed
{
    internal const ulong MiB = 1 << 20;
    internal const ulong Heap = 0x7000_0000_0000;
    internal const long AggregationNs = 100_000_000;

    private uint _generation;
    private readonly Snapshot _snapshot = new();

    internal LiveFeed(TimeSpan window)
    {
        State = new LiveState((long)window.TotalNanoseconds);
        State.OnContext(new ContextDescription(
            new ContextAttributes { SampleUs = 5_000, AggrUs = 100_000, UpdateUs = 1_000_000, MinNrRegions = 10, MaxNrRegions = 1000 },
            "kdamond.0", "vaddr", "access-bits", "granularity=page"));
        State.OnTarget(new TargetDescription(0, 4242, 1, "server", "server --run"));
        Map((Heap, Heap + (64 * MiB), "[anon:cache]"), (Heap + (64 * MiB), Heap + (128 * MiB), "/srv/data.bin"));
    }

    internal LiveState State { get; }

    /// <summary>Time of the latest snapshot's end.</summary>
    internal long NowNs { get; private set; } = 1_000_000_000_000;

    /// <summary>These are the mappings from now on: a generation of their own.</summary>
    internal void Map(params (ulong Start, ulong End, string Name)[] mappings)
    {
        _generation++;
        foreach ((ulong start, ulong end, string name) in mappings)
        {
            State.OnMapping(new MappingDescription(0, _generation, (uint)mappings.Length, start, end, "rw-p", name));
        }
    }

    /// <summary>Aggregations with these regions: address, size, samples found accessed of 20, age.</summary>
    internal void Aggregate(int count, params (ulong Start, ulong Size, uint NrAccesses, uint Age)[] regions)
    {
        for (int i = 0; i < count; i++)
        {
            NowNs += AggregationNs;
            _snapshot.Clear();
            _snapshot.TargetId = 0;
            _snapshot.KdamondTid = 77;
            _snapshot.BeginNs = NowNs - AggregationNs;
            _snapshot.EndNs = NowNs;
            _snapshot.NrSamples = 20;
            _snapshot.SampleUs = 5_000;
            _snapshot.AggrUs = 100_000;
            _snapshot.NrRegions = (uint)regions.Length;
            _snapshot.Complete = true;
            foreach ((ulong start, ulong size, uint nrAccesses, uint age) in regions)
            {
                _snapshot.Add(new RegionEvent { Start = start, End = start + size, NrAccesses = nrAccesses, Age = age });
            }

            State.OnSnapshot(_snapshot);
        }
    }

    /// <summary>A look at the followed pages of both mappings: pages by bucket of idle time, and pages of which nothing is known.</summary>
    internal void Look((uint ResidentPages, ushort Unknown, (int Bucket, ushort Pages)[] Pages)[] mappings, double followedSeconds = 30)
    {
        IdlePages idle = new()
        {
            TimeNs = (ulong)NowNs,
            SinceNs = (ulong)(NowNs - (long)(followedSeconds * 1e9)),
            ShortNs = 100_000_000,
            LongNs = 1_000_000_000,
            Generation = _generation,
            NrRecords = (uint)mappings.Length,
        };
        var records = new IdleRecord[mappings.Length];
        for (int i = 0; i < records.Length; i++)
        {
            records[i] = new IdleRecord { Mapping = (uint)i, ResidentPages = mappings[i].ResidentPages, NrUnknown = mappings[i].Unknown };
            foreach ((int bucket, ushort pages) in mappings[i].Pages)
            {
                records[i].NrPages[bucket] = pages;
            }
        }

        State.OnIdle(in idle, records);
    }

    internal void Beat(ulong processCpuNs) => State.OnHeartbeat(new Heartbeat
    {
        WallNs = 1_700_000_000_000_000_000,
        MonotonicNs = (ulong)NowNs,
        ProcessCpuNs = processCpuNs,
        KdamondCpuNs = processCpuNs / 2,
        NrLate = 3,
        NrMissed = 1,
    });
}
