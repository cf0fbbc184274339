using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Live;

/// <summary>What a scheme has done, as it tells: by its counters where it does, else by the regions it was tried on while we looked.</summary>
internal sealed class LiveScheme(uint index)
{
    private ulong _seen;
    private ulong? _quota;
    private SchemeStatistics? _counters;

    internal void Take(in SchemeEvent scheme)
    {
        switch (scheme.Kind)
        {
            case SchemeEventKind.BeforeApply:
                _seen += scheme.Region.End - scheme.Region.Start;
                break;
            case SchemeEventKind.EffectiveQuota:
                _quota = scheme.EffectiveBytes;
                break;
            default:
                _counters = scheme.Statistics;
                break;
        }
    }

    /// <summary>In a few words.</summary>
    internal string Describe()
    {
        string applied = _counters?.SzApplied is { } bytes ? $", acted on {ReportText.ShortSize(bytes)}" : "";
        string quota = _quota is { } left ? $", quota {ReportText.ShortSize(left)}" : "";
        return $"scheme {index}: tried on {ReportText.ShortSize(_counters?.SzTried ?? _seen)}{applied}{quota}";
    }
}
