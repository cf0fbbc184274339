using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.HugePages;

/// <summary>Which share of hot huge pages is really accessed, and what they hold for nothing: of a recording with accesses.</summary>
public static class HugePagesReport
{
    /// <summary>Reads the recording once; memory depends on the number of accesses.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or has no accesses.</exception>
    public static void Write(
        Func<IRecordingReader> open, HugePagesOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.HugePagesResult, WriteTable, HugePagesText.Write, output,
            options.TextColumns);

    /// <summary>The numbers themselves; reads as <see cref="Write"/> does.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or has no accesses.</exception>
    public static HugePagesResult Compute(Func<IRecordingReader> open, HugePagesOptions options, CancellationToken cancellation = default)
    {
        HugePagesPass pass = ReportRun.Read(open, new HugePagesPass(options), cancellation);
        return pass.Targets.Count > 0
            ? new HugePagesResult(pass.Facts, Describe(pass.Targets, pass.Catalog))
            : throw new RecordingFormatException("no accesses were sampled; hint: 'damon-trace record --who' does");
    }

    internal static List<HugePagesTarget> Describe(IReadOnlyDictionary<ulong, HugePagesPass.Target> targets, TargetCatalog catalog) =>
    [
        .. targets.Select(target => new HugePagesTarget(
            catalog.Find(target.Key)?.Pid ?? 0, catalog.Find(target.Key)?.Comm ?? "?", target.Value.Sampler?.Sampler,
            (target.Value.Sampler?.Counts.DurationNs ?? 0) / 1e9, target.Value.Runs is not null, target.Value.IsCut,
            [.. MappingsOf(target.Value, catalog, target.Key).OrderByDescending(static mapping => mapping.HotBytes)])),
    ];

    private static IEnumerable<HugePagesMapping> MappingsOf(HugePagesPass.Target target, TargetCatalog catalog, ulong id)
    {
        // Runs may reach over several mappings: each of their huge pages belongs to one. Two runs may end and begin in the same page.
        Dictionary<string, List<ulong>> pages = [];
        ulong page = 0;
        foreach (HugePageRun run in target.Runs ?? [])
        {
            for (page = Math.Max(page, run.Start / Events.HugePages.Bytes); page * Events.HugePages.Bytes < run.End; page++)
            {
                string name = NameOf(page);
                if (!pages.TryGetValue(name, out List<ulong>? known))
                {
                    pages[name] = known = [];
                }

                known.Add(page);
            }
        }

        ILookup<string, (SplitHugePage Page, ulong WindowNs)> split = target.Split.ToLookup(one => NameOf(one.Page.Start / Events.HugePages.Bytes));
        ILookup<ulong, int> counts = target.Seen.ToLookup(
            static seen => seen.Key * HugePagesPass.SubpageBytes / Events.HugePages.Bytes, static seen => seen.Value);
        return pages.Select(named => Describe(named.Key, named.Value, counts, SplitEstimate.Of(split[named.Key])));

        string NameOf(ulong number) =>
            catalog.Name(id, number * Events.HugePages.Bytes, (number + 1) * Events.HugePages.Bytes)?.Name ?? TargetCatalog.Anonymous;
    }

    private static HugePagesMapping Describe(string name, List<ulong> pages, ILookup<ulong, int> counts, SplitEstimate? split)
    {
        List<int> seen = [.. pages.SelectMany(page => counts[page])];
        ulong hot = (ulong)pages.Count(counts.Contains) * Events.HugePages.Bytes;
        var estimate = SubpageEstimate.Of(seen, (double)hot / HugePagesPass.SubpageBytes);
        return new HugePagesMapping
        {
            Mapping = name,
            HugeBytes = (ulong)pages.Count * Events.HugePages.Bytes,
            HotBytes = hot,
            Samples = seen.Sum(static count => (long)count),
            SubpagesSeen = estimate.Seen,
            Subpages = estimate.Estimate,
            SubpagesLow = estimate.Low,
            SubpagesHigh = estimate.High,
            Coverage = estimate.Coverage,
            Split = split,
        };
    }

    private static void WriteTable(HugePagesResult result, CsvTable table)
    {
        table.Header(
            "pid", "mapping", "huge_bytes", "hot_bytes", "samples", "subpages_seen", "touched_share", "touched_share_low", "touched_share_high",
            "held_bytes", "held_bytes_low", "held_bytes_high", "advice", "split_pages", "split_touched_share", "split_touched_share_low",
            "split_touched_share_high");
        foreach (HugePagesTarget target in result.Targets)
        {
            foreach (HugePagesMapping mapping in target.Mappings)
            {
                table.Row(
                    target.Pid, mapping.Mapping, mapping.HugeBytes, mapping.HotBytes, mapping.Samples, mapping.SubpagesSeen, mapping.TouchedShare,
                    mapping.TouchedShareLow, mapping.TouchedShareHigh, mapping.HeldBytes, mapping.HeldBytesLow, mapping.HeldBytesHigh, mapping.Advice, mapping.Split?.Pages,
                    mapping.Split?.TouchedShare, mapping.Split?.TouchedShareLow, mapping.Split?.TouchedShareHigh);
            }
        }
    }
}

/// <summary>What <c>report huge-pages</c> selects by.</summary>
public sealed record HugePagesOptions : ReportSelection;
