using System.Globalization;
using System.Text.RegularExpressions;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Names;

/// <summary>
/// What a JVM keeps where, as jcmd tells. System.map, of JDK 22 and later, has all of it where native memory tracking is on
/// (-XX:NativeMemoryTracking=summary); older ones tell the spaces of their heap (GC.heap_info) and the code heaps (Compiler.codecache).
/// </summary>
internal sealed partial class JavaMemory : INameSource
{
    private const string Hint = "install a JDK of at least the target's version; as another user than root, be the target's";

    private readonly HashSet<int> _withoutMap = [];

    /// <inheritdoc/>
    public string Kind => "jvm";

    /// <inheritdoc/>
    public bool Knows(IReadOnlyList<Mapping> mappings) => mappings.Any(static mapping => mapping.Name.EndsWith("/libjvm.so", StringComparison.Ordinal));

    /// <inheritdoc/>
    public IReadOnlyList<NamedRange> Read(TargetProcess process, IReadOnlyList<Mapping> mappings, out long cpuNs)
    {
        cpuNs = 0;
        bool mayHaveMap;
        lock (_withoutMap)
        {
            mayHaveMap = !_withoutMap.Contains(process.Pid);
        }

        if (mayHaveMap && Ask(process, "System.map", ref cpuNs, isNeeded: false) is { } map && ParseMap(map) is { Count: > 0 } all)
        {
            return all;
        }

        lock (_withoutMap)
        {
            _withoutMap.Add(process.Pid);
        }

        string heap = Ask(process, "GC.heap_info", ref cpuNs, isNeeded: true)!;
        string code = Ask(process, "Compiler.codecache", ref cpuNs, isNeeded: false) ?? "";
        return LabelRanges.Join([.. ParseHeap(heap), .. ParseCode(code)]);
    }

    /// <summary>A line a mapping: <c>0xSTART-0xEND size prot rss hugetlb pgsz notes TAG[,TAG] [file]</c>.</summary>
    internal static IReadOnlyList<NamedRange> ParseMap(string text)
    {
        List<NamedRange> ranges = [];
        foreach (Match line in MapLine().Matches(text))
        {
            string label = NameOf(line.Groups["tag"].Value);
            if (label.Length > 0 && TryRange(line.Groups["start"].Value, line.Groups["end"].Value, label) is { } range)
            {
                ranges.Add(range);
            }
        }

        return LabelRanges.Join(ranges);
    }

    /// <summary>
    /// <c>  eden space 69952K,  19% used [0x00000000f0000000, 0x00000000f0d63668, 0x00000000f4450000)</c>: a space inside a generation, up to its
    /// last number; generations without spaces of their own, and heaps of one piece, by their own line.
    /// </summary>
    internal static IReadOnlyList<NamedRange> ParseHeap(string text)
    {
        List<NamedRange> spaces = [];
        List<NamedRange> wholes = [];
        string generation = "";
        foreach (string line in text.Split('\n'))
        {
            Match match = HeapLine().Match(line);
            if (!match.Success)
            {
                continue;
            }

            string name = Words().Replace(match.Groups["name"].Value.Trim(), " ");
            bool isSpace = line.StartsWith("  ", StringComparison.Ordinal);
            generation = isSpace ? generation : name;
            string label = isSpace ? $"java {(name.StartsWith("the ", StringComparison.Ordinal) || name == "object space" ? generation : name)}" : $"java {name}";
            if (TryRange(match.Groups["start"].Value, match.Groups["end"].Value, label) is { } range)
            {
                (isSpace ? spaces : wholes).Add(range);
            }
        }

        return LabelRanges.Join([.. spaces, .. wholes.Where(whole => !spaces.Exists(space => space.Start < whole.End && space.End > whole.Start))]);
    }

    /// <summary><c>CodeHeap 'profiled nmethods': size=...</c>, and in the next line <c> bounds [0x..., 0x..., 0x...]</c>.</summary>
    internal static IReadOnlyList<NamedRange> ParseCode(string text) => LabelRanges.Join(CodeHeap().Matches(text)
        .Select(static match => TryRange(match.Groups["start"].Value, match.Groups["end"].Value, $"java code {match.Groups["name"].Value}")).OfType<NamedRange>());

    private static string NameOf(string tag) => tag.Split(',')[0] switch
    {
        "JAVAHEAP" => "java heap",
        "CODE" => "java code",
        "META" => "java metaspace",
        "CLASS" => "java classes",
        "CDS" => "java class archive",
        "CARDTBL" => "java card table",
        "GC" => "java gc",
        "INTERN" or "JDK" or "POLL" or "TEST" => "java internal",
        ['S', 'T', 'A', 'C', 'K', ..] => "java stack",
        ['m', 't', .. var rest] => $"java {rest.ToLowerInvariant()}",
        _ => "",
    };

    private static NamedRange? TryRange(string start, string end, string label) =>
        ulong.TryParse(start, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong first)
        && ulong.TryParse(end, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong last) && first < last && last <= long.MaxValue
            ? LabelRanges.Of(first, last, SafeText.FromUtf8(System.Text.Encoding.UTF8.GetBytes(label)))
            : null;

    private static string? Ask(TargetProcess process, string command, ref long cpuNs, bool isNeeded)
    {
        try
        {
            (string output, long spentNs) = ForeignProgram.Run(
                "jcmd", [process.Pid.ToString(CultureInfo.InvariantCulture), command], new Dictionary<string, string>(), process.EffectiveUid, process.EffectiveGid, Hint);
            cpuNs += spentNs;
            return output;
        }
        catch (UserErrorException) when (!isNeeded)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^0x(?<start>[0-9a-f]+)-0x(?<end>[0-9a-f]+) +\d+ +[rwxsp-]+ +\d+ +\d+ +\w+ +\S+ +(?<tag>\S+)", RegexOptions.Multiline)]
    private static partial Regex MapLine();

    [GeneratedRegex(@"^ +(?<name>[A-Za-z][A-Za-z -]*?) +(?:total )?\d+K.*\[0x(?<start>[0-9a-f]+),(?:.*,)? *0x(?<end>[0-9a-f]+)\)")]
    private static partial Regex HeapLine();

    [GeneratedRegex(@"CodeHeap '(?<name>[\w -]+)'.*\n +bounds \[0x(?<start>[0-9a-f]+),.* 0x(?<end>[0-9a-f]+)\]")]
    private static partial Regex CodeHeap();

    [GeneratedRegex(" +")]
    private static partial Regex Words();
}
