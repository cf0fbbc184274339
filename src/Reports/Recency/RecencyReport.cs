using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Recency;

/// <summary>
/// The cold tail: how much memory has been idle for at least how long, at the end and on average, and what that memory is. From pages that
/// were followed one by one where the recording has those; else idle time is the age of a region that was not accessed, and 0 for one that
/// was.
/// </summary>
public static class RecencyReport
{
    /// <summary>Reads the recording once; memory depends on the number of regions, not on its length.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or nobody knows its aggregation interval.</exception>
    public static RecencyResult Compute(Func<IRecordingReader> open, RecencyOptions options, CancellationToken cancellation = default)
    {
        RecencyPass pass = ReportRun.Read(open, new RecencyPass(options), cancellation);
        return new RecencyResult
        {
            Recording = pass.Facts,
            Targets = [.. pass.Targets.All.Select(target => Describe(pass, target.Target, target.Value, options))],
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, RecencyOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.RecencyResult, RecencyTable.Write,
            (result, text) => RecencyText.Write(result, options, text), output, options.TextColumns);

    private static RecencyTarget Describe(RecencyPass pass, TargetIdentity target, RecencyPass.Series series, RecencyOptions options) =>
        (pass.Idle.Find(target.TargetId) is { } idle ? RecencyOfPages.Describe(target, idle, options) : null)
        ?? Describe(pass.Catalog, target, series, options);

    private static RecencyTarget Describe(TargetCatalog catalog, TargetIdentity target, RecencyPass.Series series, RecencyOptions options)
    {
        RecencyPass.IdleRange[] byIdle = [.. series.Last.OrderBy(range => range.IdleUs)];
        ulong total = Sum(byIdle, 0);
        List<RecencyTail> tail = [];
        for (int step = 0; step < IdleTimes.StepsUs.Length && series.MeanBytes(step) > 0; step++)
        {
            ulong bytes = Sum(byIdle, IdleTimes.StepsUs[step]);
            tail.Add(new RecencyTail(IdleTimes.StepsUs[step], bytes, total == 0 ? 0 : 100.0 * bytes / total, series.MeanBytes(step)));
        }

        return new RecencyTarget
        {
            Target = target,
            Snapshots = series.Snapshots,
            SnapshotEndNs = series.EndNs,
            TotalBytes = total,
            Percentiles = total == 0 ? [] : [.. options.Percentiles.Select(p => new RecencyPercentile(p, PercentileOf(byIdle, total, p)))],
            Tail = tail,
            Mappings = [.. Mappings(catalog, target, series.Last, tail)
                .OrderByDescending(mapping => mapping.TotalBytes - mapping.AccessedBytes).Take(options.Mappings)],
        };
    }

    private static ulong Sum(IEnumerable<RecencyPass.IdleRange> ranges, ulong idleUs)
    {
        ulong bytes = 0;
        foreach (RecencyPass.IdleRange range in ranges)
        {
            bytes += range.IdleUs >= idleUs ? range.Bytes : 0;
        }

        return bytes;
    }

    /// <summary>The idle time of the byte at index int(percentile / 100 * total) of all bytes by idle time, the last at most.</summary>
    private static ulong PercentileOf(RecencyPass.IdleRange[] byIdle, ulong total, int percentile)
    {
        ulong index = (ulong)((UInt128)total * (uint)percentile / 100);
        ulong upTo = 0;
        foreach (RecencyPass.IdleRange range in byIdle)
        {
            upTo += range.Bytes;
            if (index < upTo)
            {
                return range.IdleUs;
            }
        }

        return byIdle[^1].IdleUs;
    }

    private static IEnumerable<RecencyMapping> Mappings(
        TargetCatalog catalog, TargetIdentity target, IReadOnlyList<RecencyPass.IdleRange> ranges, IReadOnlyList<RecencyTail> tail)
    {
        Dictionary<string, List<RecencyPass.IdleRange>> byName = [];
        List<(string? Name, ulong Bytes)> parts = [];
        foreach (RecencyPass.IdleRange range in ranges)
        {
            catalog.Split(target.TargetId, range.Start, range.End, parts);
            ulong start = range.Start;
            foreach ((string? name, ulong bytes) in parts)
            {
                // No mapping has an empty name: unnamed memory is called [anon].
                if (!byName.TryGetValue(name ?? "", out List<RecencyPass.IdleRange>? list))
                {
                    byName.Add(name ?? "", list = []);
                }

                list.Add(range with { Start = start, End = start + bytes });
                start += bytes;
            }
        }

        return byName.Select(entry => new RecencyMapping(
            entry.Key.Length == 0 ? null : entry.Key,
            Sum(entry.Value, 0),
            Sum(entry.Value.Where(range => range.Accessed), 0),
            [.. tail.Select(row => new RecencyMappingTail(row.IdleUs, Sum(entry.Value, row.IdleUs)))]));
    }
}

/// <summary>How idle time is shown.</summary>
public sealed record RecencyOptions : ReportSelection
{
    /// <summary>Mappings that are listed, those with most idle memory first.</summary>
    public int Mappings { get; init; } = 10;

    /// <summary>Which percentiles, 0 to 100.</summary>
    public IReadOnlyList<int> Percentiles { get; init; } = [0, 25, 50, 75, 90, 95, 99, 100];
}
