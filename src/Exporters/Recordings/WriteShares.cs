using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Which share of the accesses to each region writes, from the accesses that were sampled in it lately (<c>record --rw</c>, <c>--who</c>). A
/// snapshot is shorter than it takes to sample all regions, so samples of 10 s serve, the latest 2,048 of a target. Of a region that nobody sampled
/// nothing is known. For one thread.
/// </summary>
public sealed class WriteShares
{
    private const int MaxSamples = 2048;
    private const long MaxAgeNs = 10_000_000_000;

    private readonly Dictionary<ulong, Queue<AccessRecord>> _targets = [];
    private Sum[] _sums = [];
    private int _count;

    /// <summary>Whether any access to a region of the snapshot was sampled: where not, all of them are unknown.</summary>
    public bool Any { get; private set; }

    /// <summary>Share of writes by weight, 0 to 1; null where of no access to the region it is known.</summary>
    public float? Share(int region) => region < _count && _sums[region].Weight > 0
        ? (float)Math.Clamp(_sums[region].Writes / _sums[region].Weight, 0, 1)
        : null;

    /// <summary>Looks of equal weight that would say as much, so that the standard error is sqrt(share * (1 - share) / looks).</summary>
    public float? Looks(int region) => region < _count && _sums[region].Weight > 0 ? _sums[region].Looks : null;

    /// <summary>Takes an access; other kinds of events are left out.</summary>
    public void Add(in AccessEvent access)
    {
        if (access.Kind != AccessEventKind.Access || access.Access.Writes is null)
        {
            return;
        }

        if (!_targets.TryGetValue(access.TargetId, out Queue<AccessRecord>? samples))
        {
            _targets[access.TargetId] = samples = new Queue<AccessRecord>(MaxSamples);
        }

        if (samples.Count == MaxSamples)
        {
            samples.Dequeue();
        }

        samples.Enqueue(access.Access);
    }

    /// <summary>Looks at the regions of a snapshot, which are in address order; what is asked next is of them.</summary>
    /// <remarks>Bound by the samples times the logarithm of the regions, 0.1 ms at most; nothing where none were sampled.</remarks>
    public void Take(Snapshot snapshot)
    {
        _count = 0;
        Any = false;
        if (!_targets.TryGetValue(snapshot.TargetId, out Queue<AccessRecord>? samples) || snapshot.Count == 0)
        {
            return;
        }

        long nowNs = snapshot.EndNs ?? snapshot.Regions[^1].TimestampNs;
        while (samples.Count > 0 && (long)samples.Peek().TimeNs < nowNs - MaxAgeNs)
        {
            samples.Dequeue();
        }

        _count = snapshot.Count;
        if (_sums.Length < _count)
        {
            _sums = new Sum[Math.Max(_count, 2 * _sums.Length)];
        }

        Array.Clear(_sums, 0, _count);
        foreach (AccessRecord sample in samples)
        {
            int region = Find(snapshot.Regions, sample.Address);
            if (region >= 0)
            {
                Any = true;
                _sums[region].Add(in sample);
            }
        }
    }

    /// <summary>The region with an address; negative where there is none. Regions are in address order.</summary>
    private static int Find(ReadOnlySpan<RegionEvent> regions, ulong address)
    {
        int low = 0;
        int high = regions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address < regions[middle].Start)
            {
                high = middle - 1;
            }
            else if (address >= regions[middle].End)
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return -1;
    }

    private struct Sum
    {
        private double _squares;
        private double _ofProbe;
        private ulong _probe;

        internal double Weight { get; private set; }

        internal double Writes { get; private set; }

        /// <summary>As of so many draws that weigh the same (Kish, Survey Sampling, 1965, 11.2).</summary>
        internal readonly float Looks => (float)(Weight * Weight / (_squares + (_ofProbe * _ofProbe)));

        /// <summary>What one look saw several times is one draw.</summary>
        internal void Add(in AccessRecord sample)
        {
            if (sample.Probe != _probe)
            {
                _squares += _ofProbe * _ofProbe;
                (_probe, _ofProbe) = (sample.Probe, 0);
            }

            _ofProbe += sample.Weight;
            Weight += sample.Weight;
            Writes += sample.IsWrite == 1 ? sample.Weight : 0;
        }
    }
}
