using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>
/// Snapshots of 1,000 regions as DAMON makes them: every aggregation a tenth of the regions changes access count, and its boundary to the
/// next one moves; the others age; events some 150 ns apart, aggregations 100 ms.
/// </summary>
/// <param name="allMove">Regions change size instead, so that every address after the first change is a new one.</param>
internal sealed class DamonLikeSource(bool allMove = false)
{
    private const int Regions = 1000;

    private readonly Snapshot _snapshot = ExpectedTable.Ordinary(0, 0);
    private readonly Random _random = new(1);
    private readonly (ulong Pages, uint NrAccesses, uint Age)[] _regions = new (ulong, uint, uint)[Regions];
    private long _timeNs = 426_261_258_000;

    internal Snapshot Next()
    {
        _snapshot.Clear();
        _snapshot.Number++;
        _snapshot.NrRegions = Regions;
        _snapshot.BeginNs = _timeNs + _random.Next(100_000);
        _timeNs += 100_000_000;
        _snapshot.EndNs = _timeNs - 20_000;
        ulong start = 1UL << 32;
        for (int i = 0; i < Regions; i++)
        {
            ref (ulong Pages, uint NrAccesses, uint Age) region = ref _regions[i];
            if (region.Pages == 0 || (allMove && _random.Next(10) == 0))
            {
                region = ((ulong)_random.Next(1, 4097), NextAccesses(), 0);
            }
            else if (!allMove && _random.Next(10) == 0)
            {
                MoveBoundary(i);
                region = region with { NrAccesses = NextAccesses(), Age = 0 };
            }
            else
            {
                region.Age++;
            }

            ulong end = start + (region.Pages * 4096);
            _snapshot.Add(new RegionEvent
            {
                TimestampNs = _timeNs,
                Cpu = 1,
                Start = start,
                End = end,
                NrAccesses = region.NrAccesses,
                Age = region.Age,
            });
            start = end;
            _timeNs += _random.Next(120, 184);
        }

        return _snapshot;
    }

    private uint NextAccesses() => _random.Next(10) < 7 ? 0 : (uint)_random.Next(20);

    private void MoveBoundary(int region)
    {
        if (region + 1 < Regions && _regions[region + 1].Pages > 0)
        {
            ulong both = _regions[region].Pages + _regions[region + 1].Pages;
            _regions[region].Pages = (ulong)_random.Next(1, (int)both);
            _regions[region + 1].Pages = both - _regions[region].Pages;
        }
    }
}
