using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Schemes;

/// <summary>What the kernel's DAMON-based operation schemes (DAMOS) were tried on, and what the kernel counted.</summary>
public static class SchemesReport
{
    /// <summary>Reads the recording once; 40 bytes for each scheme and second.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or has no events of schemes.</exception>
    public static SchemesResult Compute(Func<IRecordingReader> open, SchemesOptions options, CancellationToken cancellation = default)
    {
        SchemesPass pass = ReportRun.Read(open, new SchemesPass(options), cancellation);
        RecordingFacts facts = pass.Facts;
        SchemesResult result = new()
        {
            Recording = facts,
            Schemes =
            [
                .. pass.Schemes.OrderBy(scheme => (scheme.Kdamond, scheme.Tid, scheme.Context, scheme.Scheme)).Select(scheme => new SchemeResult
                {
                    Kdamond = scheme.Kdamond,
                    KdamondTid = scheme.Tid,
                    Context = scheme.Context,
                    Scheme = scheme.Scheme,
                    Regions = scheme.Sum.Regions,
                    Bytes = scheme.Sum.Bytes,
                    BeginNs = scheme.Sum.BeginNs,
                    EndNs = scheme.Sum.EndNs,
                    BySize = scheme.Sum.BySize.ToList(),
                    ByNrAccesses = scheme.Sum.ByNrAccesses.ToList(),
                    ByAge = scheme.Sum.ByAge.ToList(),
                    OverTime = [.. scheme.Sum.Seconds.Select(second => Describe(scheme.Sum.BeginNs, second.Key, second.Value, facts))],
                    EffectiveQuota = scheme.Sum.Quota,
                    Counters = scheme.Sum.Counters,
                    CounterEvents = scheme.Sum.CounterEvents,
                }),
            ],
        };
        return result.Schemes.Count > 0 ? result : throw new RecordingFormatException(
            "there are no events of schemes in what was asked for; hint: 'perf record -e damon:damos_before_apply -a' records them");
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, SchemesOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.SchemesResult, WriteTable, SchemesText.Write, output,
            options.TextColumns);

    private static SchemeSecond Describe(long beginNs, long second, (long Regions, ulong Bytes) sum, RecordingFacts facts)
    {
        long ns = beginNs + (second * 1_000_000_000);
        return new SchemeSecond(ns, facts.WallOf(ns), sum.Regions, sum.Bytes);
    }

    private static void WriteTable(SchemesResult result, CsvTable table)
    {
        table.Header("kdamond_tid", "context", "scheme", "of", "from", "to", "regions", "bytes");
        foreach (SchemeResult scheme in result.Schemes)
        {
            void Row(string of, object? from, object? to, object? regions, object? bytes) =>
                table.Row(scheme.KdamondTid, scheme.Context, scheme.Scheme, of, from, to, regions, bytes);

            Row("all", scheme.BeginNs, scheme.EndNs, scheme.Regions, scheme.Bytes);
            foreach ((string of, IReadOnlyList<SchemeRange> ranges) in Distributions(scheme))
            {
                foreach (SchemeRange range in ranges)
                {
                    Row(of, range.From, range.To, range.Regions, range.Bytes);
                }
            }

            foreach (SchemeSecond second in scheme.OverTime)
            {
                Row("time_ns", second.BeginNs, second.BeginNs + 1_000_000_000, second.Regions, second.Bytes);
            }

            if (scheme.EffectiveQuota is { } quota)
            {
                Row("effective_quota", null, null, null, quota.LastBytes);
            }

            if (scheme.Counters is { } counters)
            {
                Row("tried", null, null, counters.NrTried, counters.SzTried);
                Row("applied", null, null, counters.NrApplied, counters.SzApplied);
                Row("quota_exceeded", null, null, counters.QtExceeds, null);
            }
        }
    }

    /// <summary>The three distributions with their names.</summary>
    internal static IEnumerable<(string Of, IReadOnlyList<SchemeRange> Ranges)> Distributions(SchemeResult scheme) =>
        [("size", scheme.BySize), ("nr_accesses", scheme.ByNrAccesses), ("age", scheme.ByAge)];
}

/// <summary>What <c>report schemes</c> selects.</summary>
public sealed record SchemesOptions : ReportSelection;
