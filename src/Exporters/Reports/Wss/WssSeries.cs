namespace Damon.Trace.Exporters.Reports.Wss;

/// <summary>The working set sizes of one target, eight bytes each, sixteen more when their order in time is asked for.</summary>
internal sealed class WssSeries(bool keepPoints)
{
    private readonly List<(long EndNs, ulong Bytes)> _points = [];

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
}
