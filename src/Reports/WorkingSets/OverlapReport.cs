using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.WorkingSets;
using Damon.Trace.Reports.Compare;

namespace Damon.Trace.Reports.WorkingSets;

/// <summary>
/// How much of two working sets is the same: Jaccard index, bytes touched in both over bytes touched in any. Exact, page by page. Files are
/// compared by offset, whoever maps them; other memory by address, and only of one process.
/// </summary>
public static class OverlapReport
{
    /// <summary>What two working sets have in common.</summary>
    /// <param name="a">Before.</param>
    /// <param name="nameA">Its file.</param>
    /// <param name="b">After.</param>
    /// <param name="nameB">Its file.</param>
    public static OverlapResult Compute(WorkingSetDocument a, string nameA, WorkingSetDocument b, string nameB)
    {
        bool same =
            a.Target.Pid == b.Target.Pid && a.Target.StartTimeTicks == b.Target.StartTimeTicks && a.Target.BootId == b.Target.BootId;
        TouchedByName touchedA = new(a);
        TouchedByName touchedB = new(b);
        OverlapPart[] parts = [.. Parts(touchedA.Files, touchedB.Files), .. same ? Parts(touchedA.Addresses, touchedB.Addresses) : []];
        return new OverlapResult
        {
            A = Side(a, nameA),
            B = Side(b, nameB),
            SameProcess = same,
            Overlap = new CompareOverlap("touched pages", Sum(parts, static part => part.BothBytes), Sum(parts, static part => part.AnyBytes)),
            ANotComparedBytes = same ? 0 : touchedA.AddressBytes,
            BNotComparedBytes = same ? 0 : touchedB.AddressBytes,
            Parts = [.. parts.Where(static part => part.AnyBytes > 0)
                .OrderByDescending(static part => part.AnyBytes - part.BothBytes).ThenByDescending(static part => part.AnyBytes)
                .ThenBy(static part => part.Name, StringComparer.Ordinal)],
        };
    }

    /// <summary>The same, written.</summary>
    /// <param name="a">Before.</param>
    /// <param name="nameA">Its file.</param>
    /// <param name="b">After.</param>
    /// <param name="nameB">Its file.</param>
    /// <param name="options">How many files and names are listed as text; JSON and CSV have all.</param>
    /// <param name="format">Text, JSON or CSV.</param>
    /// <param name="output">Where to.</param>
    public static void Write(
        WorkingSetDocument a, string nameA, WorkingSetDocument b, string nameB, CompareOptions options, ReportFormat format, TextWriter output) =>
        ReportRun.Write(
            Compute(a, nameA, b, nameB), format, static json => json.OverlapResult, OverlapTable.Write,
            (result, text) => OverlapText.Write(result, options.Count, text), output, options.TextColumns);

    private static IEnumerable<OverlapPart> Parts(IReadOnlyDictionary<string, RangeSet> a, IReadOnlyDictionary<string, RangeSet> b)
    {
        RangeSet nothing = new(1);
        foreach (string name in a.Keys.Union(b.Keys))
        {
            (RangeSet before, RangeSet after) = (a.GetValueOrDefault(name) ?? nothing, b.GetValueOrDefault(name) ?? nothing);
            var overlap = CompareOverlap.Between("touched pages", before, after);
            yield return new OverlapPart(
                name, TouchedByName.BytesOf(before), TouchedByName.BytesOf(after), overlap.BothBytes, overlap.AnyBytes);
        }
    }

    private static OverlapSide Side(WorkingSetDocument document, string name) => new(
        name, document.Target.Pid, document.Target.Comm, document.WindowNs / 1e9, document.TakenWallNs / 1e9, document.TouchedBytes,
        document.UnknownBytes, document.ResidentBytes);

    private static ulong Sum(OverlapPart[] parts, Func<OverlapPart, ulong> bytes) => parts.Aggregate(0UL, (sum, part) => sum + bytes(part));
}
