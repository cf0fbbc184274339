using System.Diagnostics;
using System.Diagnostics.Tracing;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Tracepoints;
using Microsoft.Diagnostics.NETCore.Client;

namespace Damon.Trace.Benchmarks;

/// <summary>
/// Emits DAMON-like events through the real provider into a real EventPipe session. About a tenth of the regions changes from one
/// snapshot to the next, as in a settled process.
/// </summary>
internal sealed class SyntheticRecording(int regionsPerSnapshot = 1000, int seed = 1)
{
    public const string Kdamond = "kdamond.0";
    public const ulong FirstAddress = 0x7f00_0000_0000;
    public const ulong PageBytes = 4096;
    public const ulong SampleUs = 5000;
    public const ulong AggrUs = 100_000;

    private readonly Random _random = new(seed);
    private readonly uint[] _accesses = new uint[regionsPerSnapshot];
    private readonly uint[] _ages = new uint[regionsPerSnapshot];
    private readonly ulong[] _sizes = new ulong[regionsPerSnapshot];
    private readonly RegionEstimateRecord[] _estimates = new RegionEstimateRecord[regionsPerSnapshot];
    private readonly ulong _sinceNs = (ulong)Stopwatch.GetTimestamp();
    private ulong _number;

    /// <summary>Whether snapshots say what memory their regions hold, as ours do and those of older recordings do not.</summary>
    public bool HasEstimates { get; init; } = true;

    /// <summary>Events of every kind emitted so far.</summary>
    public long Emitted { get; private set; }

    public static EventPipeSession StartSession(int bufferMb) =>
        // The provider has to exist before the session starts, else its first events are missed.
        StartSession(DamonEventSource.Log.Name, bufferMb);

    /// <summary>Records snapshots into a file; returns the number of events emitted.</summary>
    public static long Write(string path, int snapshots, int regions = 1000, int bufferMb = 256)
    {
        SyntheticRecording recording = new(regions);
        using EventPipeSession session = StartSession(bufferMb);
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        Thread copier = new(() => session.EventStream.CopyTo(file, 1 << 16)) { IsBackground = true };
        copier.Start();
        recording.EmitDescriptions();
        recording.EmitSnapshots(snapshots, pauseEvery: 100);
        recording.EmitHeartbeat();
        session.Stop();
        copier.Join();
        return recording.Emitted;
    }

    public void EmitDescriptions()
    {
        DamonEventSource log = DamonEventSource.Log;
        log.damon_trace_context(SampleUs, AggrUs, 1_000_000, 10, 1000, Kdamond, "vaddr", "synthetic", "granularity=page");
        log.damon_trace_target(0, 4242, 99, "app", "app --synthetic");
        log.damon_trace_mapping(0, 1, 2, FirstAddress, FirstAddress + (1UL << 30), "rw-p", "[heap]", "");
        log.damon_trace_mapping(0, 1, 2, FirstAddress + (1UL << 30), FirstAddress + (1UL << 40), "r-xp", "/usr/bin/app", "");
        Emitted += 4;
    }

    public void EmitHeartbeat()
    {
        ulong wallNs = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        DamonEventSource.Log.damon_trace_heartbeat(wallNs, (ulong)Stopwatch.GetTimestamp(), _number, (ulong)Emitted, 1, 2, 3_000, 4_000);
        Emitted++;
    }

    /// <summary>Pauses let the runtime drain, so that a file of any length is written without loss.</summary>
    public void EmitSnapshots(int count, int pauseEvery)
    {
        for (int i = 0; i < count; i++)
        {
            EmitSnapshot();
            if (i % pauseEvery == pauseEvery - 1)
            {
                EmitHeartbeat();
                Thread.Sleep(20);
            }
        }
    }

    public void EmitSnapshot()
    {
        Change();
        DamonEventSource log = DamonEventSource.Log;
        uint regions = (uint)_sizes.Length;
        ulong now = (ulong)Stopwatch.GetTimestamp();
        SnapshotMemory memory = HasEstimates ? Estimate() : new SnapshotMemory { ResidentBytes = SnapshotMemory.Unknown };
        log.damon_trace_snapshot(
            0, _number, now - 100_000_000, now, SampleUs, AggrUs, regions, 20, 7, 3, 0, 0, 99_000_000, 3,
            memory.ResidentBytes, memory.UnknownBytes, memory.TouchedBytes, memory.TouchedErrorBytes);
        for (int first = 0; HasEstimates && first < _estimates.Length; first += RegionEstimateRecord.MaxRegions)
        {
            int count = Math.Min(RegionEstimateRecord.MaxRegions, _estimates.Length - first);
            log.WriteEstimates(0, (uint)first, _estimates.AsSpan(first, count));
            Emitted++;
        }

        ulong start = FirstAddress;
        for (int i = 0; i < _sizes.Length; i++)
        {
            log.damon_aggregated(0, regions, start, start + _sizes[i], _accesses[i], _ages[i]);
            start += _sizes[i];
        }

        Emitted += _sizes.Length + 1;
        if (_number++ % 10 == 9)
        {
            EmitIdle(now);
        }
    }

    /// <summary>Both mappings with some pages in every bucket.</summary>
    private void EmitIdle(ulong nowNs)
    {
        IdlePages idle = new()
        {
            TimeNs = nowNs,
            SinceNs = _sinceNs,
            ShortNs = 100_000_000,
            LongNs = 1_000_000_000,
            Generation = 1,
            NrRecords = 2,
            NrPages = 300,
        };
        Span<IdleRecord> records = stackalloc IdleRecord[2];
        records.Clear();
        for (int i = 0; i < records.Length; i++)
        {
            records[i].Mapping = (uint)i;
            records[i].ResidentPages = 50_000;
            records[i].NrUnknown = (ushort)_random.Next(5);
            for (int bucket = 0; bucket < IdleBuckets.Count; bucket++)
            {
                records[i].NrPages[bucket] = (ushort)_random.Next(20);
            }
        }

        DamonEventSource.Log.WriteIdle(in idle, records);
        Emitted++;
    }

    /// <summary>Half of every region is resident, and as much of that touched as there are accesses.</summary>
    private SnapshotMemory Estimate()
    {
        SnapshotMemory sum = default;
        for (int i = 0; i < _sizes.Length; i++)
        {
            uint resident = (uint)(_sizes[i] / 2 / RegionEstimateRecord.PageBytes);
            float touched = resident * _accesses[i] / 20f;
            _estimates[i] = new RegionEstimateRecord { ResidentPages = resident, TouchedPages = touched, TouchedErrorPages = touched / 10 };
            sum.ResidentBytes += resident * (ulong)RegionEstimateRecord.PageBytes;
            sum.TouchedBytes += (ulong)(touched * RegionEstimateRecord.PageBytes);
        }

        sum.TouchedErrorBytes = sum.TouchedBytes / 100;
        return sum;
    }

    private static EventPipeSession StartSession(string provider, int bufferMb) =>
        new DiagnosticsClient(Environment.ProcessId).StartEventPipeSession(new EventPipeSessionConfiguration(
            [new EventPipeProvider(provider, EventLevel.Informational)], bufferMb, requestRundown: false, requestStackwalk: false));

    /// <summary>Of a tenth the boundary to the next region moves: addresses further on stay, as they do in a process.</summary>
    private void Change()
    {
        for (int i = 0; i < _sizes.Length; i++)
        {
            if (_number == 0)
            {
                _sizes[i] = PageBytes * (ulong)_random.Next(1, 256);
            }

            if (_number == 0 || _random.Next(10) == 0)
            {
                MoveBoundary(i);
                _accesses[i] = (uint)_random.Next(21);
                _ages[i] = 0;
            }
            else
            {
                _ages[i]++;
            }
        }
    }

    private void MoveBoundary(int region)
    {
        if (region + 1 < _sizes.Length && _sizes[region + 1] > 0)
        {
            ulong both = _sizes[region] + _sizes[region + 1];
            _sizes[region] = PageBytes * (ulong)_random.Next(1, (int)(both / PageBytes));
            _sizes[region + 1] = both - _sizes[region];
        }
    }
}
