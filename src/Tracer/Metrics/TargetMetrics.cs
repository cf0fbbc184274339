using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Metrics;

/// <summary>The memory of one target by class of mapping and idle time, from the latest look at its pages. Written by the kdamond under the meter's lock.</summary>
internal sealed class TargetMetrics
{
    private const ulong PageBytes = 4096;

    private static readonly int s_classes = MappingClasses.Names.Count;

    private readonly List<MappingClass> _mappings = [];
    private readonly double[] _resident = new double[s_classes];
    private readonly double[] _pages = new double[s_classes];
    private readonly double[] _unknown = new double[s_classes];
    private readonly double[,] _byBucket = new double[s_classes, IdleBuckets.Count];
    private uint _generation;
    private ulong _followedNs;
    private KeyValuePair<string, object?>[] _tags;

    internal TargetMetrics(TargetDescription target, string cgroup, string unit)
    {
        _tags = TagsOf(target, cgroup, unit);
    }

    /// <summary>CLOCK_MONOTONIC time of the latest look; 0 before the first.</summary>
    internal ulong TimeNs { get; private set; }

    internal KeyValuePair<string, object?>[] Tags => _tags;

    /// <summary>The footprint that was read last; null before.</summary>
    internal Footprint? Footprint { get; set; }

    internal void Rename(TargetDescription target, string cgroup, string unit) => _tags = TagsOf(target, cgroup, unit);

    internal void Add(MappingDescription mapping)
    {
        if (mapping.Generation != _generation)
        {
            _generation = mapping.Generation;
            _mappings.Clear();
        }

        if (_mappings.Count < mapping.NrMappings)
        {
            _mappings.Add(MappingClasses.Of(mapping.Name));
        }
    }

    /// <summary>Takes a look: bound by its records, no allocation.</summary>
    internal void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        if (idle.Generation != _generation)
        {
            return;
        }

        TimeNs = idle.TimeNs;
        _followedNs = idle.TimeNs - idle.SinceNs;
        Array.Clear(_resident);
        Array.Clear(_pages);
        Array.Clear(_unknown);
        Array.Clear(_byBucket);
        foreach (ref readonly IdleRecord record in records)
        {
            int kind = (int)(record.Mapping < _mappings.Count ? _mappings[(int)record.Mapping] : MappingClass.Other);
            _resident[kind] += record.ResidentPages * (double)PageBytes;
            _unknown[kind] += record.NrUnknown;
            _pages[kind] += record.NrUnknown;
            for (int bucket = 0; bucket < IdleBuckets.Count; bucket++)
            {
                _byBucket[kind, bucket] += record.NrPages[bucket];
                _pages[kind] += record.NrPages[bucket];
            }
        }
    }

    internal double Resident(MappingClass kind) => _resident[(int)kind];

    /// <summary>Bytes of which nothing is known; null where no page of the class was looked at.</summary>
    internal double? Unknown(MappingClass kind) => Share(kind, _unknown[(int)kind]);

    /// <summary>
    /// Bytes idle for longer than a bound: of the pages that are followed the share, of memory that is resident. Null where that is not known: pages
    /// have not been followed for so long, or none of this class is.
    /// </summary>
    internal double? IdleFor(MappingClass kind, int bound)
    {
        if (_followedNs < IdleBuckets.BoundsMs[bound] * 1_000_000)
        {
            return null;
        }

        double pages = 0;
        for (int bucket = bound + 1; bucket < IdleBuckets.Count; bucket++)
        {
            pages += _byBucket[(int)kind, bucket];
        }

        return Share(kind, pages);
    }

    private double? Share(MappingClass kind, double pages) =>
        _pages[(int)kind] > 0 ? _resident[(int)kind] * pages / _pages[(int)kind] : null;

    private static KeyValuePair<string, object?>[] TagsOf(TargetDescription target, string cgroup, string unit) =>
    [
        new("process.pid", target.Pid), new("process.executable.name", target.Comm), new("cgroup", cgroup), new("systemd.unit", unit),
    ];
}
