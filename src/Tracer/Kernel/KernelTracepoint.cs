using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>One tracepoint of the running kernel with the places of its fields: turns a raw record into a sample.</summary>
internal sealed class KernelTracepoint
{
    /// <summary>Probe hits kept of a damon_region_aggregated: one byte for each probe of the context.</summary>
    internal const int MaxProbeHits = sizeof(ulong);

    /// <summary>Counters of damos_stat_after_apply_interval.</summary>
    internal const int NrCounters = 7;

    private static readonly string[] s_counters =
        ["nr_tried", "sz_tried", "nr_applied", "sz_applied", "sz_ops_filter_passed", "qt_exceeds", "nr_snapshots"];

    private readonly TraceField _targetId;
    private readonly TraceField _nrRegions;
    private readonly TraceField _start;
    private readonly TraceField _end;
    private readonly TraceField _nrAccesses;
    private readonly TraceField _age;
    private readonly TraceField _contextIndex;
    private readonly TraceField _schemeIndex;
    private readonly TraceField _sampleUs;
    private readonly TraceField _probeHits;
    private readonly TraceField[] _numbers;

    internal KernelTracepoint(KernelEventKind kind, TraceFormat format)
    {
        Kind = kind;
        Id = format.Id;
        _targetId = format[kind == KernelEventKind.BeforeApply ? "target_idx" : "target_id"];
        _nrRegions = format["nr_regions"];
        _start = format["start"];
        _end = format["end"];
        _nrAccesses = format["nr_accesses"];
        _age = format["age"];
        _contextIndex = format["context_idx"];
        _schemeIndex = format["scheme_idx"];
        _sampleUs = format["sample_us"];
        _probeHits = format["probe_hits"];
        string[] numbers = kind == KernelEventKind.EffectiveSize ? ["esz"] : kind == KernelEventKind.SchemeStatistics ? s_counters : [];
        _numbers = [.. numbers.Select(name => format[name])];
    }

    internal KernelEventKind Kind { get; }

    internal ushort Id { get; }

    /// <summary>Every hit, with who, when and where, to be enabled later.</summary>
    internal PerfEvent.Attr Attributes => new()
    {
        Type = PerfEvent.PERF_TYPE_TRACEPOINT,
        Size = (uint)Unsafe.SizeOf<PerfEvent.Attr>(),
        Config = Id,
        SamplePeriod = 1,
        SampleType = PerfEvent.PERF_SAMPLE_TID | PerfEvent.PERF_SAMPLE_TIME | PerfEvent.PERF_SAMPLE_CPU | PerfEvent.PERF_SAMPLE_RAW,
        Flags = PerfEvent.Disabled | PerfEvent.Watermark | PerfEvent.SampleIdAll | PerfEvent.UseClockId,

        // perf's own clock drifts away from it by tens of microseconds, and all our other events carry it.
        ClockId = Time.CLOCK_MONOTONIC,
    };

    /// <summary>Name of the tracepoint's directory below events/damon.</summary>
    internal static string NameOf(KernelEventKind kind) => kind switch
    {
        KernelEventKind.Aggregated => DamonEventName.Aggregated,
        KernelEventKind.RegionAggregated => "damon_region_aggregated",
        KernelEventKind.BeforeApply => DamonEventName.BeforeApply,
        KernelEventKind.EffectiveSize => DamonEventName.EffectiveSize,
        KernelEventKind.SchemeStatistics => DamonEventName.SchemeStatistics,
        _ => DamonEventName.MonitorIntervalsTune,
    };

    /// <summary>Fills the fields of a sample. Ten bounded reads, allocates nothing.</summary>
    internal void Decode(ReadOnlySpan<byte> raw, ref KernelSample sample)
    {
        sample.Kind = Kind;
        if (Kind == KernelEventKind.IntervalsTune)
        {
            sample.SampleUs = _sampleUs.Read(raw);
            return;
        }

        sample.ContextIndex = (uint)_contextIndex.Read(raw);
        sample.SchemeIndex = (uint)_schemeIndex.Read(raw);
        for (int i = 0; i < _numbers.Length; i++)
        {
            sample.Numbers[i] = _numbers[i].Read(raw);
        }

        if (_numbers.Length > 0)
        {
            return;
        }

        sample.Region.TargetId = _targetId.Read(raw);
        sample.Region.NrRegions = (uint)_nrRegions.Read(raw);
        sample.Region.Start = _start.Read(raw);
        sample.Region.End = _end.Read(raw);
        sample.Region.NrAccesses = (uint)_nrAccesses.Read(raw);
        sample.Region.Age = (uint)_age.Read(raw);
        if (_probeHits.IsPresent)
        {
            DecodeProbeHits(raw, ref sample);
        }
    }

    /// <summary>A __data_loc field holds length and offset of its bytes: length in the upper 16 bits, offset in the lower.</summary>
    private void DecodeProbeHits(ReadOnlySpan<byte> raw, ref KernelSample sample)
    {
        uint location = (uint)_probeHits.Read(raw);
        int offset = (int)(location & 0xFFFF);
        int length = Math.Min((int)(location >> 16), MaxProbeHits);
        if (offset + length > raw.Length)
        {
            return;
        }

        Span<byte> hits = stackalloc byte[MaxProbeHits];
        hits.Clear();
        raw.Slice(offset, length).CopyTo(hits);
        sample.ProbeHits = BinaryPrimitives.ReadUInt64LittleEndian(hits);
        sample.NrProbes = (byte)length;
    }
}
