using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Recency;
using Damon.Trace.Reports.Regions;

namespace Damon.Trace.Reports.Summary;

/// <summary>What the summary keeps of one target.</summary>
internal sealed class SummaryTarget
{
    /// <summary>More names do not fit on a screen.</summary>
    public const int MaxMappings = 3;

    private readonly LastSnapshots.Entry _last = new();

    public Distribution Wss { get; } = new();

    /// <summary>The hottest range of the last complete snapshot: the most accesses, then the largest.</summary>
    public RegionEvent? Hottest { get; private set; }

    public double? HottestHz { get; private set; }

    public void Add(Snapshot snapshot, SnapshotMeter meter)
    {
        if (!snapshot.Complete)
        {
            return;
        }

        Wss.Add(WorkingSet.SizeOf(snapshot, accessThreshold: 1));
        RegionEvent best = default;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            bool hotter = region.NrAccesses > best.NrAccesses
                || (region.NrAccesses == best.NrAccesses && region.End - region.Start > best.End - best.Start);
            best = region.NrAccesses > 0 && hotter ? region : best;
        }

        Hottest = best.NrAccesses > 0 ? best : null;
        HottestHz = best.NrAccesses * meter.HzPerAccess;
        _last.Keep(snapshot.Regions, snapshot.Estimates);
        _last.AgeSeconds = meter.AgeSeconds;
    }

    /// <summary>Monitored bytes of the last complete snapshot.</summary>
    public ulong MonitoredBytes()
    {
        ulong bytes = 0;
        foreach (ref readonly RegionEvent region in _last.Regions)
        {
            bytes += region.End - region.Start;
        }

        return bytes;
    }

    /// <summary>The longest step of idle time that half of the idle memory has reached.</summary>
    public SummaryIdle? Idle()
    {
        ulong[] tail = new ulong[IdleTimes.StepsUs.Length];
        foreach (ref readonly RegionEvent region in _last.Regions)
        {
            int step = region.NrAccesses > 0 ? -1 : IdleTimes.StepOf((ulong)(region.Age * (_last.AgeSeconds ?? 0) * 1e6));
            for (int i = 0; i <= step; i++)
            {
                tail[i] += region.End - region.Start;
            }
        }

        int longest = Array.FindLastIndex(tail, bytes => bytes > 0 && bytes >= tail[0] / 2);
        return longest > 0 && _last.AgeSeconds is not null ? new SummaryIdle(IdleTimes.StepsUs[longest], tail[longest]) : null;
    }

    /// <summary>The names with most accessed memory.</summary>
    public IReadOnlyList<SummaryMapping> Mappings(TargetCatalog catalog, ulong targetId)
    {
        Dictionary<string, (ulong Accessed, ulong Monitored)> byName = [];
        List<(string? Name, ulong Bytes)> parts = [];
        foreach (ref readonly RegionEvent region in _last.Regions)
        {
            catalog.Split(targetId, region.Start, region.End, parts);
            foreach ((string? name, ulong bytes) in parts)
            {
                if (name is not null)
                {
                    (ulong accessed, ulong monitored) = byName.GetValueOrDefault(name);
                    byName[name] = (accessed + (region.NrAccesses > 0 ? bytes : 0), monitored + bytes);
                }
            }
        }

        return [.. byName.Select(entry => new SummaryMapping(entry.Key, entry.Value.Accessed, entry.Value.Monitored))
            .OrderByDescending(mapping => mapping.AccessedBytes).ThenByDescending(mapping => mapping.MonitoredBytes).Take(MaxMappings)];
    }
}
