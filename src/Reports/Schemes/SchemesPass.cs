using System.Numerics;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Schemes;

/// <summary>Adds up what schemes were tried on; 40 bytes for each second in which one was.</summary>
internal sealed class SchemesPass(SchemesOptions options) : ReportPass(options)
{
    // Not by the kdamond's name: its first events may come before it is told.
    private readonly Dictionary<(int Tid, uint Context, uint Scheme), Sum> _schemes = [];

    /// <summary>The schemes in the order of their first events.</summary>
    public IEnumerable<(string Kdamond, int Tid, uint Context, uint Scheme, Sum Sum)> Schemes =>
        _schemes.Select(scheme => (scheme.Value.Kdamond, scheme.Key.Tid, scheme.Key.Context, scheme.Key.Scheme, scheme.Value));

    protected override bool NeedsSnapshots => false;

    protected override void Take(Snapshot snapshot)
    {
    }

    protected override void Take(in SchemeEvent scheme)
    {
        var key = (scheme.KdamondTid, scheme.ContextIndex, scheme.SchemeIndex);
        if (!_schemes.TryGetValue(key, out Sum? sum))
        {
            _schemes.Add(key, sum = new Sum(scheme.TimestampNs));
        }

        sum.Add(in scheme);
    }

    /// <summary>One scheme's regions.</summary>
    internal sealed class Sum(long beginNs)
    {
        private const long SecondNs = 1_000_000_000;

        public Ranges BySize { get; } = new();

        public Ranges ByNrAccesses { get; } = new();

        public Ranges ByAge { get; } = new();

        public SortedDictionary<long, (long Regions, ulong Bytes)> Seconds { get; } = [];

        public long Regions { get; private set; }

        public ulong Bytes { get; private set; }

        /// <summary>As it was called last.</summary>
        public string Kdamond { get; private set; } = "";

        public long BeginNs { get; } = beginNs;

        public long EndNs { get; private set; }

        public SchemeQuota? Quota { get; private set; }

        public SchemeStatistics? Counters { get; private set; }

        public long CounterEvents { get; private set; }

        public void Add(in SchemeEvent scheme)
        {
            Kdamond = scheme.Kdamond;
            EndNs = Math.Max(EndNs, scheme.TimestampNs);
            switch (scheme.Kind)
            {
                case SchemeEventKind.BeforeApply:
                    AddRegion(in scheme);
                    break;
                case SchemeEventKind.EffectiveQuota:
                    ulong bytes = scheme.EffectiveBytes;
                    Quota = new SchemeQuota(
                        bytes, Math.Min(Quota?.MinBytes ?? bytes, bytes), Math.Max(Quota?.MaxBytes ?? bytes, bytes), (Quota?.Events ?? 0) + 1);
                    break;
                default:
                    Counters = scheme.Statistics;
                    CounterEvents++;
                    break;
            }
        }

        private void AddRegion(in SchemeEvent scheme)
        {
            ulong size = scheme.Region.End - scheme.Region.Start;
            Regions++;
            Bytes += size;
            BySize.Add(size, size);
            ByNrAccesses.Add(scheme.Region.NrAccesses, size);
            ByAge.Add(scheme.Region.Age, size);
            long second = (scheme.TimestampNs - BeginNs) / SecondNs;
            (long regions, ulong bytes) = Seconds.GetValueOrDefault(second);
            Seconds[second] = (regions + 1, bytes + size);
        }
    }

    /// <summary>Regions by a value: 0, 1, 2 to 3, 4 to 7, ...</summary>
    internal sealed class Ranges
    {
        private readonly (long Regions, ulong Bytes)[] _ranges = new (long, ulong)[65];

        public void Add(ulong value, ulong bytes)
        {
            ref (long Regions, ulong Bytes) range = ref _ranges[64 - BitOperations.LeadingZeroCount(value)];
            range.Regions++;
            range.Bytes += bytes;
        }

        /// <summary>Those with regions.</summary>
        public IReadOnlyList<SchemeRange> ToList() =>
        [
            .. _ranges.Select((range, bits) => new SchemeRange(
                bits == 0 ? 0 : 1UL << (bits - 1), bits == 0 ? 0 : ulong.MaxValue >> (64 - bits), range.Regions, range.Bytes))
                .Where(range => range.Regions > 0),
        ];
    }
}
