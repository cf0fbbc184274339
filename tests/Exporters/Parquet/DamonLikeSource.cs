using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>
/// Snapshots of 1,000 regions as DAMON makes them: every aggregation a tenth of the regions changes size and access count, the others
/// age; events some 150 ns apart, aggregations 100 ms.
/// </summary>
internal sealed class DamonLikeSource
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
            region = region.Pages == 0 || _random.Next(10) == 0
                ? ((ulong)_random.Next(1, 4097), _random.Next(10) < 7 ? 0 : (uint)_random.Next(20), 0)
                : region with { Age = region.Age + 1 };
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
}
