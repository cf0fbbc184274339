using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.PerfRings;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>Decodes the rings' records, orders them by time and gives them to the observer with the kdamond they came from.</summary>
internal sealed class KernelRelay
{
    private readonly List<KernelTracepoint> _tracepoints;
    private readonly KernelKdamonds _kdamonds;
    private readonly TimeOrderedSamples _samples = new();
    private readonly HashSet<int> _announced = [];

    // A burst is of one kdamond: remembering it saves asking the set for every region.
    private KernelKdamond? _latest;

    internal KernelRelay(List<KernelTracepoint> tracepoints, KernelKdamonds kdamonds)
    {
        _tracepoints = tracepoints;
        _kdamonds = kdamonds;
    }

    internal ulong NrEvents { get; private set; }

    internal ulong NrLost { get; private set; }

    internal ulong NrLate => _samples.NrLate;

    /// <summary>Tells the observer of the kdamonds that run already.</summary>
    internal void AnnounceRunning(IKernelDamonObserver observer) => Announce(observer, _kdamonds.FindRunning());

    /// <summary>Tells the observer of the kdamonds whose settings have changed.</summary>
    internal void AnnounceChanges(IKernelDamonObserver observer) => Announce(observer, _kdamonds.Refresh());

    /// <summary>Gives out the samples up to a time. Bound by the observer; allocates nothing once every kdamond is known.</summary>
    internal void Deliver(IKernelDamonObserver observer, ulong horizonNs)
    {
        ReadOnlySpan<KernelSample> ready = _samples.TakeUntil(horizonNs);
        foreach (ref readonly KernelSample sample in ready)
        {
            KernelKdamond kdamond = _kdamonds.Get(sample.Tid, out _);
            if (!ReferenceEquals(kdamond, _latest))
            {
                _latest = kdamond;
                if (_announced.Add(sample.Tid))
                {
                    observer.OnKdamond(kdamond);
                }
            }

            Deliver(observer, sample, kdamond);
        }

        NrEvents += (ulong)ready.Length;
        _samples.Remove(ready.Length);
    }

    private void Deliver(IKernelDamonObserver observer, in KernelSample sample, KernelKdamond kdamond)
    {
        var origin = new KernelEvent(kdamond, sample.Cpu, sample.TimestampNs);
        switch (sample.Kind)
        {
            case KernelEventKind.Aggregated:
                observer.OnAggregated(origin, sample.Region);
                break;
            case KernelEventKind.RegionAggregated:
                Span<byte> hits = stackalloc byte[KernelTracepoint.MaxProbeHits];
                BinaryPrimitives.WriteUInt64LittleEndian(hits, sample.ProbeHits);
                observer.OnRegionAggregated(origin, sample.Region, hits[..sample.NrProbes]);
                break;
            case KernelEventKind.BeforeApply:
                observer.OnBeforeApply(origin, new DamosBeforeApply
                {
                    ContextIdx = sample.ContextIndex,
                    SchemeIdx = sample.SchemeIndex,
                    Region = sample.Region,
                });
                break;
            case KernelEventKind.EffectiveSize:
                observer.OnEffectiveSize(origin, new DamosEffectiveSize
                {
                    ContextIdx = sample.ContextIndex,
                    SchemeIdx = sample.SchemeIndex,
                    Esz = sample.Numbers[0],
                });
                break;
            case KernelEventKind.SchemeStatistics:
                observer.OnSchemeStatistics(origin, StatisticsOf(sample));
                break;
            case KernelEventKind.IntervalsTune:
                KernelKdamond tuned = _kdamonds.Tune(sample.Tid, sample.SampleUs);
                observer.OnKdamond(tuned);
                origin = origin with { Kdamond = tuned };
                observer.OnIntervalsTuned(origin, new MonitorIntervalsTune { SampleUs = sample.SampleUs });
                break;
        }
    }

    private static DamosStatistics StatisticsOf(in KernelSample sample) => new()
    {
        ContextIdx = sample.ContextIndex,
        SchemeIdx = sample.SchemeIndex,
        NrTried = sample.Numbers[0],
        SzTried = sample.Numbers[1],
        NrApplied = sample.Numbers[2],
        SzApplied = sample.Numbers[3],
        SzOpsFilterPassed = sample.Numbers[4],
        QtExceeds = sample.Numbers[5],
        NrSnapshots = sample.Numbers[6],
    };

    private void Announce(IKernelDamonObserver observer, List<KernelKdamond> kdamonds)
    {
        foreach (KernelKdamond kdamond in kdamonds)
        {
            _announced.Add(kdamond.Tid);
            observer.OnKdamond(kdamond);
        }
    }

    /// <summary>A sample's raw bytes begin with common_type, the id of their tracepoint. About 30 ns; allocates nothing.</summary>
    private void AddSample(ReadOnlySpan<byte> record)
    {
        int headSize = Unsafe.SizeOf<PerfEvent.Sample>();
        if (record.Length < headSize + sizeof(ushort))
        {
            return;
        }

        PerfEvent.Sample head = MemoryMarshal.Read<PerfEvent.Sample>(record);
        ReadOnlySpan<byte> raw = record[headSize..];
        raw = raw[..(int)Math.Min(head.RawSize, (uint)raw.Length)];
        ushort id = BinaryPrimitives.ReadUInt16LittleEndian(raw);
        foreach (KernelTracepoint tracepoint in _tracepoints)
        {
            if (tracepoint.Id == id)
            {
                var sample = new KernelSample { TimestampNs = head.Time, Tid = head.Tid, Cpu = head.Cpu };
                tracepoint.Decode(raw, ref sample);

                // Asks for the name at once: the thread may end before the sample's turn comes.
                _kdamonds.Get(head.Tid, out _);
                _samples.Add(sample);
                return;
            }
        }
    }

    private void AddLost(IKernelDamonObserver observer, int cpu, ulong nrLost)
    {
        NrLost += nrLost;
        observer.OnLost(cpu, nrLost);
    }

    /// <summary>Sorts the records of one CPU's ring.</summary>
    internal readonly struct Sink(KernelRelay relay, IKernelDamonObserver observer, int cpu) : IPerfRecordSink
    {
        // After the header: LOST has u64 id, u64 lost; LOST_SAMPLES has u64 lost.
        private const int LostOffset = 16;
        private const int LostSamplesOffset = 8;

        public void OnRecord(uint type, ReadOnlySpan<byte> record)
        {
            switch (type)
            {
                case PerfEvent.PERF_RECORD_SAMPLE:
                    relay.AddSample(record);
                    break;
                case PerfEvent.PERF_RECORD_LOST:
                    relay.AddLost(observer, cpu, BinaryPrimitives.ReadUInt64LittleEndian(record[LostOffset..]));
                    break;
                case PerfEvent.PERF_RECORD_LOST_SAMPLES:
                    relay.AddLost(observer, cpu, BinaryPrimitives.ReadUInt64LittleEndian(record[LostSamplesOffset..]));
                    break;
            }
        }
    }
}
