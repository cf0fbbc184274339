using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Times;

/// <summary>Tells which regions match.</summary>
internal sealed class AccessPattern(TimesOptions options)
{
    // Without any bound the question is when something was accessed.
    private readonly uint? _minNrAccesses = options.HasPattern ? options.MinNrAccesses : 1;

    private readonly bool _needsHz = options.MinHz is not null || options.MaxHz is not null;
    private readonly bool _needsAge = options.MinAgeUs is not null || options.MaxAgeUs is not null;

    /// <summary>In words, with units.</summary>
    public string Describe()
    {
        List<string> parts = [];
        Add(parts, "nr_accesses", _minNrAccesses, options.MaxNrAccesses, value => ReportText.Invariant($"{value}"));
        Add(parts, "frequency", options.MinHz, options.MaxHz, value => ReportText.Invariant($"{value} Hz"));
        Add(parts, "age", options.MinAgeUs, options.MaxAgeUs, ReportText.Microseconds);
        Add(parts, "size", options.MinSizeBytes, options.MaxSizeBytes, value => ReportText.Invariant($"{value} bytes"));
        Add(parts, "address", options.FromAddress, options.ToAddress, ReportText.Address);
        return string.Join(", ", parts);
    }

    /// <summary>Bytes of a snapshot that match. Bound by the regions; no allocation.</summary>
    /// <exception cref="RecordingFormatException">The pattern is about time, and nobody knows the intervals.</exception>
    public ulong BytesIn(Snapshot snapshot, SnapshotMeter meter)
    {
        if ((_needsHz && meter.HzPerAccess is null) || (_needsAge && meter.AgeSeconds is null))
        {
            throw new RecordingFormatException(
                "the recording does not tell its intervals, so nobody knows Hz and age; hint: tell them with --sample and --aggr");
        }

        ulong bytes = 0;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            if (Matches(in region, meter.HzPerAccess ?? 0, (meter.AgeSeconds ?? 0) * 1e6))
            {
                ulong start = Math.Max(region.Start, options.FromAddress ?? 0);
                ulong end = Math.Min(region.End, options.ToAddress ?? ulong.MaxValue);
                bytes += end > start ? end - start : 0;
            }
        }

        return bytes;
    }

    private bool Matches(in RegionEvent region, double hzPerAccess, double ageIntervalUs)
    {
        ulong size = region.End - region.Start;
        double hz = region.NrAccesses * hzPerAccess;
        double ageUs = region.Age * ageIntervalUs;

        // A comparison with null is false: what is not asked excludes nothing.
        bool outside = region.NrAccesses < _minNrAccesses || region.NrAccesses > options.MaxNrAccesses
            || size < options.MinSizeBytes || size > options.MaxSizeBytes
            || hz < options.MinHz || hz > options.MaxHz
            || ageUs < options.MinAgeUs || ageUs > options.MaxAgeUs;
        return !outside;
    }

    private static void Add<T>(List<string> parts, string name, T? least, T? most, Func<T, string> text)
        where T : struct
    {
        if (least is not null || most is not null)
        {
            string from = least is { } low ? $" from {text(low)}" : "";
            string to = most is { } high ? $" up to {text(high)}" : "";
            parts.Add(name + from + to);
        }
    }
}
