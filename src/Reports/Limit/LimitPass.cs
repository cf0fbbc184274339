using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Limit;

/// <summary>Collects the idle times of each target and of all together: 300 bytes a look.</summary>
internal sealed class LimitPass(LimitOptions options) : ReportPass(options)
{
    private readonly Dictionary<ulong, (IdleSeries Idle, LimitSeries Limits)> _series = [];
    private readonly LimitService _service = new();

    public TargetSeries<object> Targets { get; } = new(static () => new object());

    public LimitSeries Total { get; } = new();

    public LimitSeries? Find(ulong targetId) =>
        _series.TryGetValue(targetId, out var series) && series.Limits.Looks > 0 ? series.Limits : null;

    protected override void Take(Snapshot snapshot) => Targets.Of(snapshot, Catalog);

    protected override void Take(in Footprint footprint) => _service.Sizes.Add(in footprint);

    protected override void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        if (!_series.TryGetValue(idle.TargetId, out (IdleSeries Idle, LimitSeries Limits) series))
        {
            _series.Add(idle.TargetId, series = (new IdleSeries(), new LimitSeries()));
        }

        series.Idle.Add(in idle, records, Catalog.MappingsOf(idle.TargetId));
        TargetMemory[] memory = [.. series.Idle.AtEachTime()];
        var look = new LimitLook { TimeNs = (long)idle.TimeNs };
        foreach (TargetMemory at in memory)
        {
            look[BoundOf(at.ColdAfterSeconds)] = MemoryPoint.Of(at.States);
        }

        series.Limits.Add(look);
        if (_service.Add(idle.TargetId, (long)idle.SinceNs, memory) is { } whole)
        {
            Total.Add(whole);
        }
    }

    private static int BoundOf(double seconds)
    {
        for (int bound = 0; bound < IdleBuckets.NrBounds; bound++)
        {
            if (IdleBounds.SecondsOf(bound) == seconds)
            {
                return bound;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "not a bound");
    }
}
