using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Compare;

/// <summary>
/// What changed between two recordings: working set, footprint, accessed and idle memory by name, ranges. Names are compared and not
/// addresses, for two processes have their memory at different places; of the same process also the ranges.
/// </summary>
public static class CompareReport
{
    private static readonly int[] s_percentiles = [50, 75, 95];

    /// <summary>Reads both recordings once.</summary>
    public static CompareResult Compute(
        Func<IRecordingReader> openA, Func<IRecordingReader> openB, CompareOptions options, CancellationToken cancellation = default)
    {
        ComparePass a = ReportRun.Read(openA, new ComparePass(options), cancellation);
        ComparePass b = ReportRun.Read(openB, new ComparePass(options), cancellation);
        return new CompareResult
        {
            A = a.Facts,
            B = b.Facts,
            Targets = [.. a.Targets.Keys.Union(b.Targets.Keys).Order()
                .Select(id => Compare(a.Targets.GetValueOrDefault(id), b.Targets.GetValueOrDefault(id), a.Catalog, b.Catalog, options))],
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> openA, Func<IRecordingReader> openB, CompareOptions options, ReportFormat format, TextWriter output,
        CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(openA, openB, options, cancellation), format, static json => json.CompareResult, CompareTable.Write,
            (result, text) => CompareText.Write(result, options, text), output, options.TextColumns);

    private static CompareTarget Compare(TargetUse? a, TargetUse? b, TargetCatalog catalogA, TargetCatalog catalogB, CompareOptions options)
    {
        bool same = a is not null && b is not null && a.Identity.Pid is not null && a.Identity.Pid == b.Identity.Pid
            && a.StartTimeTicks is not null && a.StartTimeTicks == b.StartTimeTicks;
        return new CompareTarget
        {
            A = a?.Identity,
            B = b?.Identity,
            SameProcess = same,
            Sizes = [.. Sizes(a, b)],
            Mappings = [.. Mappings(a, b)
                .OrderByDescending(mapping => Math.Abs(mapping.ChangeAccessedBytes))
                .ThenByDescending(mapping => Math.Abs(mapping.ChangeIdleBytes))
                .ThenByDescending(mapping => mapping.AMonitoredBytes ?? mapping.BMonitoredBytes)
                .Take(options.Count)],
            Overlap = same ? OverlapOf(a!, b!) : null,
            Overlaps = same && a is { Touched: not null } && b is { Touched: not null } ? [.. TouchedParts.Overlaps(a, b).Take(options.Count)] : [],
            Ranges = same
                ? [.. Ranges("new", b!, a!, catalogB).Concat(Ranges("gone", a!, b!, catalogA))
                    .OrderByDescending(range => range.SizeBytes).Take(options.Count)]
                : [],
        };
    }

    /// <summary>Of pages where both looked at every page; else of regions, which are coarser than what is accessed.</summary>
    private static CompareOverlap OverlapOf(TargetUse a, TargetUse b) => a.Touched is { } before && b.Touched is { } after
        ? CompareOverlap.Between("touched pages", before, after)
        : CompareOverlap.Between("hot ranges", a.Accessed, b.Accessed);

    private static IEnumerable<CompareSize> Sizes(TargetUse? a, TargetUse? b)
    {
        (string Name, Distribution? A, Distribution? B)[] sizes =
        [
            ("wss", a?.Sizes.Wss, b?.Sizes.Wss), ("rss", a?.Sizes.Rss, b?.Sizes.Rss), ("pss", a?.Sizes.Pss, b?.Sizes.Pss),
            ("swap", a?.Sizes.Swap, b?.Sizes.Swap), ("vsz", a?.Sizes.Vsz, b?.Sizes.Vsz),
        ];
        foreach ((string name, Distribution? of, Distribution? to) in sizes)
        {
            foreach (int percentile in s_percentiles)
            {
                (ulong? before, ulong? after) = (of?.Percentile(percentile), to?.Percentile(percentile));
                if (before is not null || after is not null)
                {
                    yield return new CompareSize(name, percentile, before, after, (long?)after - (long?)before);
                }
            }
        }
    }

    private static IEnumerable<CompareMapping> Mappings(TargetUse? a, TargetUse? b)
    {
        foreach (string name in (a?.Mappings.Keys ?? []).Union(b?.Mappings.Keys ?? []))
        {
            MappingUse? before = a?.Mappings.GetValueOrDefault(name);
            MappingUse? after = b?.Mappings.GetValueOrDefault(name);
            (double? accessedA, double? accessedB) = (before?.AccessedBytes / a?.Snapshots, after?.AccessedBytes / b?.Snapshots);
            (double? monitoredA, double? monitoredB) = (before?.MonitoredBytes / a?.Snapshots, after?.MonitoredBytes / b?.Snapshots);
            yield return new CompareMapping
            {
                Mapping = name.Length == 0 ? null : name,
                State = before is null ? "new" : after is null ? "gone" : "both",
                AMonitoredBytes = monitoredA,
                BMonitoredBytes = monitoredB,
                AAccessedBytes = accessedA,
                BAccessedBytes = accessedB,
                ChangeAccessedBytes = (accessedB ?? 0) - (accessedA ?? 0),
                AIdleBytes = monitoredA - accessedA,
                BIdleBytes = monitoredB - accessedB,
                ChangeIdleBytes = (monitoredB - accessedB ?? 0) - (monitoredA - accessedA ?? 0),
                AHz = HzOf(a, before),
                BHz = HzOf(b, after),
            };
        }
    }

    private static double? HzOf(TargetUse? target, MappingUse? use) =>
        target is { HzKnown: true } && use is { MonitoredBytes: > 0 } ? use.HzBytes / use.MonitoredBytes : null;

    private static IEnumerable<CompareRange> Ranges(string state, TargetUse here, TargetUse there, TargetCatalog catalog)
    {
        bool isExact = here.Touched is not null && there.Touched is not null;
        IEnumerable<(ulong Start, ulong End)> only = isExact ? here.Touched!.Except(there.Touched!) : here.Accessed.Except(there.Accessed);
        foreach ((ulong start, ulong end) in only)
        {
            string name = catalog.NameOf(here.Identity.TargetId, start, end);
            yield return new CompareRange(state, start, end, end - start, name.Length == 0 ? null : name);
        }
    }
}

/// <summary>What of two recordings is compared.</summary>
public sealed record CompareOptions : ReportSelection
{
    /// <summary>Mappings and ranges in each list.</summary>
    public int Count { get; init; } = 10;
}
