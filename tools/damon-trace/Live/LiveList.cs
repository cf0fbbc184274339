using Damon.Trace.Reports;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Cli.Live;

/// <summary>The list below the heatmap: mappings by state, or ranges by heat; a title, then one line each.</summary>
/// <param name="target">Whose.</param>
/// <param name="latest">Its latest complete snapshot.</param>
/// <param name="catalog">Knows the names.</param>
/// <param name="sort">How often sorting by the next column was asked for.</param>
internal sealed class LiveList(LiveTarget target, LiveSnapshot latest, TargetCatalog catalog, int sort)
{
    /// <summary>A name says more than an address: the addresses go where there is room for both.</summary>
    private const int WidthForAddresses = 114;

    private static readonly (string Name, Func<MemoryStates, ulong> Bytes)[] s_columns =
    [
        ("resident", states => states.ResidentBytes), ("hot", states => states.HotBytes), ("cold", states => states.ColdBytes),
        ("unknown", states => states.UnknownBytes),
    ];

    private static readonly (string Name, Comparison<LiveRange> Order)[] s_hottest =
    [
        ("size x heat", (a, b) => (b.Size * b.Share).CompareTo(a.Size * a.Share)), ("heat", (a, b) => b.Share.CompareTo(a.Share)),
        ("size", (a, b) => b.Size.CompareTo(a.Size)),
    ];

    private static readonly (string Name, Comparison<LiveRange> Order)[] s_coldest =
    [
        ("size x age", (a, b) => (b.Age * (double)b.Size).CompareTo(a.Age * (double)a.Size)), ("age", (a, b) => b.Age.CompareTo(a.Age)),
        ("size", (a, b) => b.Size.CompareTo(a.Size)),
    ];

    internal IEnumerable<string> Lines(ListKind kind, int width) => kind switch
    {
        ListKind.Mappings or ListKind.Chosen when target.Memory.Latest is { } memory => Mappings(memory, width),
        ListKind.Mappings => ["mappings by state: not known yet"],
        ListKind.Coldest => Ranges(width, coldest: true),
        _ => Ranges(width, coldest: false),
    };

    private IEnumerable<string> Mappings(TargetMemory memory, int width)
    {
        (string by, Func<MemoryStates, ulong> bytes) = s_columns[sort % s_columns.Length];
        yield return $"{"resident",11} {"hot",11} {"cold",11} {"unknown",11}  mapping, by {by}";
        foreach (MappingMemory mapping in memory.Mappings.OrderByDescending(mapping => bytes(mapping.States)))
        {
            MemoryStates states = mapping.States;
            string numbers = $"{ReportText.ShortSize(states.ResidentBytes),11} {ReportText.ShortSize(states.HotBytes),11} "
                + $"{ReportText.ShortSize(states.ColdBytes),11} {ReportText.ShortSize(states.UnknownBytes),11}  ";
            yield return numbers + ReportText.ShortName(mapping.Describe(), width - numbers.Length);
        }
    }

    private IEnumerable<string> Ranges(int width, bool coldest)
    {
        (string Name, Comparison<LiveRange> Order)[] orders = coldest ? s_coldest : s_hottest;
        (string by, Comparison<LiveRange> order) = orders[sort % orders.Length];
        bool wide = width >= WidthForAddresses;
        string addresses = wide ? $"{"addresses",-29}  " : "";
        string title = coldest ? "coldest: not accessed for its age" : "hottest";
        yield return $"{"size",12} {"Hz",9} {"%",6} {"age",9}  {addresses}{title}, by {by}";
        List<LiveRange> ranges = LiveRange.Of(latest, catalog, target.Key.TargetId, coldest);
        foreach (LiveRange range in ranges.Order(Comparer<LiveRange>.Create(order)))
        {
            string hz = latest.MaxHz is { } most ? ReportText.Invariant($"{range.Share * most:F1}") : "-";
            string age = latest.AgeSeconds is { } seconds ? ReportText.Seconds(range.Age * seconds) : ReportText.Invariant($"{range.Age} aggr");
            string where = wide ? ReportText.Range(range.Start, range.End) + "  " : "";
            string numbers = ReportText.Invariant($"{ReportText.Size(range.Size),12} {hz,9} {range.Share * 100,6:F1} {age,9}  ") + where;
            yield return numbers + ReportText.ShortName(range.Name, width - numbers.Length);
        }
    }
}
