using System.Threading.Channels;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer;

/// <summary>
/// Copies snapshots for a consumer that may be slower than the kdamond, who never waits: at most so many are kept, beyond it the oldest goes and
/// is counted. Copies nothing until somebody wants them.
/// </summary>
internal sealed class SnapshotBuffer : ISnapshotObserver
{
    private readonly Channel<MemorySnapshot> _waiting;
    private readonly Dictionary<ulong, Known> _targets = [];
    private volatile bool _wanted;
    private long _nrDropped;
    private long _nrCopied;

    internal SnapshotBuffer(int maxWaiting)
    {
        var options = new BoundedChannelOptions(maxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true };
        _waiting = Channel.CreateBounded<MemorySnapshot>(options, _ => Interlocked.Increment(ref _nrDropped));
    }

    internal long NrDropped => Volatile.Read(ref _nrDropped);

    /// <summary>Copies from now on; what is returned ends when the monitor has.</summary>
    internal ChannelReader<MemorySnapshot> Open()
    {
        _wanted = true;
        return _waiting.Reader;
    }

    internal void Complete(Exception? error) => _waiting.Writer.TryComplete(error);

    /// <summary>A target is no more.</summary>
    internal void Forget(ulong targetId) => _targets.Remove(targetId);

    public int AttachCount => 0;

    public void OnContext(ContextDescription context)
    {
    }

    public void OnTarget(TargetDescription target)
    {
        if (_targets.TryGetValue(target.TargetId, out Known? known))
        {
            known.Target = target;
        }
        else
        {
            _targets.Add(target.TargetId, new Known(target));
        }
    }

    public void OnMapping(MappingDescription mapping) => _targets[mapping.TargetId].Add(mapping);

    public void OnAggregated(
        in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates)
    {
        if (!_wanted)
        {
            return;
        }

        Known known = _targets[header.TargetId];
        var copies = new MemoryRegion[regions.Length];
        int mapping = 0;
        for (int i = 0; i < regions.Length; i++)
        {
            copies[i] = Copy(regions[i], header, known.NameOf(regions[i], ref mapping));
        }

        _waiting.Writer.TryWrite(new MemorySnapshot(known.Target, header, memory, copies, _nrCopied++));
    }

    public void OnIntervalsTuned(ulong sampleUs)
    {
    }

    public void OnFootprint(in Footprint footprint)
    {
    }

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    private static MemoryRegion Copy(in DamonRegion region, in SnapshotHeader header, string? mappingName)
    {
        ulong lengthNs = header.EndNs - header.BeginNs;
        return new MemoryRegion
        {
            Start = region.Start,
            End = region.End,
            NrAccesses = region.NrAccesses,
            Age = region.Age,
            FrequencyHz = region.IsUnknown || lengthNs == 0 ? null : region.NrAccesses * 1e9 / lengthNs,
            Unchanged = TimeSpan.FromMicroseconds((double)region.Age * header.AggrUs),
            MappingName = mappingName,
            ResidentBytes = (ulong)Math.Round(region.Estimate.Resident),
            UnknownBytes = (ulong)Math.Round(region.Estimate.Unknown),
            TouchedBytes = (ulong)Math.Round(region.Estimate.Touched),
            TouchedErrorBytes = (ulong)Math.Round(region.Estimate.StandardError),
        };
    }

    /// <summary>One target as it was described last.</summary>
    private sealed class Known(TargetDescription target)
    {
        private readonly List<MappingDescription> _mappings = [];

        internal TargetDescription Target { get; set; } = target;

        internal void Add(MappingDescription mapping)
        {
            if (_mappings.Count > 0 && (_mappings[0].Generation != mapping.Generation || _mappings.Count >= mapping.NrMappings))
            {
                _mappings.Clear();
            }

            _mappings.Add(mapping);
        }

        /// <summary>The mapping with the largest part of a region; regions are asked for in address order. One pass over both.</summary>
        internal string? NameOf(in DamonRegion region, ref int first)
        {
            while (first < _mappings.Count && _mappings[first].End <= region.Start)
            {
                first++;
            }

            string? name = null;
            ulong largest = 0;
            for (int i = first; i < _mappings.Count && _mappings[i].Start < region.End; i++)
            {
                ulong shared = Math.Min(_mappings[i].End, region.End) - Math.Max(_mappings[i].Start, region.Start);
                if (shared > largest)
                {
                    (largest, name) = (shared, _mappings[i].Name);
                }
            }

            return name;
        }
    }
}
