using System.Globalization;

namespace Damon.Trace.Reports;

/// <summary>How a report writes moments: wall clock where asked and recorded, else relative to the begin of the recording.</summary>
internal sealed class ReportTime(RecordingFacts facts, bool wall)
{
    private readonly bool _wall = wall && facts.WallOffsetNs is not null;
    private readonly bool _missing = wall && facts.WallOffsetNs is null;

    /// <summary>What the moments are, for a header.</summary>
    public string Unit => _wall ? "UTC" : _missing ? "after the begin, for wall clock was not recorded" : "after the begin";

    /// <summary>With the date, in UTC, or relative to the begin of the recording.</summary>
    public string Full(long ns) => _wall ? ReportText.Wall(facts.WallOf(ns)!.Value) : Relative(ns);

    /// <summary>At most 12 characters: time of day in UTC, or relative to the begin of the recording.</summary>
    public string Short(long ns) => _wall
        ? DateTime.UnixEpoch.AddTicks(facts.WallOf(ns)!.Value / 100).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)
        : Relative(ns);

    private string Relative(long ns) => ReportText.Seconds((ns - (facts.OriginNs ?? 0)) / 1e9);
}
