using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Wss;

/// <summary>
/// The working set sizes of one target: eight bytes each, sixteen more when their order in time is asked for, twenty more for estimates.
/// </summary>
internal sealed class WssSeries(bool keepPoints)
{
    private readonly List<(long EndNs, ulong Bytes)> _points = [];

    private readonly List<MemoryPoint> _estimates = [];

    public Distribution Sizes { get; } = new();

    /// <summary>In order of time; empty unless kept.</summary>
    public IReadOnlyList<(long EndNs, ulong Bytes)> Points => _points;

    public void Add(long endNs, ulong bytes)
    {
        Sizes.Add(bytes);
        if (keepPoints)
        {
            _points.Add((endNs, bytes));
        }
    }

    public void AddEstimate(in SnapshotMemory memory) => _estimates.Add(MemoryPoint.Of(in memory));

    /// <summary>Null without estimates.</summary>
    public WssEstimate? Estimate()
    {
        if (_estimates.Count == 0)
        {
            return null;
        }

        MemoryPoint[] sorted = [.. _estimates.OrderBy(point => point.Pages)];
        MemoryPoint median = sorted[sorted.Length / 2];
        return new WssEstimate(
            new WssQuartiles(sorted[sorted.Length / 4].Bytes, median.Bytes, sorted[sorted.Length * 3 / 4].Bytes),
            median.LowBytes, median.HighBytes, median.UnknownBytes, median.ResidentBytes);
    }
}
