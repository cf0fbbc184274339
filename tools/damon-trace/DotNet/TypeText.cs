using System.Globalization;
using System.Text;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// What goes between <c>snapshot --names dotnet-types</c> and the process that walks the heap: to it one region a line, <c>start end state</c>, and an
/// empty line; from it one type a line, <c>generation objects touched cold unknown name</c>, then <c>= objects unreadable consistent</c>.
/// </summary>
internal static class TypeText
{
    private const int MaxNameLength = 300;
    private const int MaxTypes = 1_000_000;

    internal static void WriteHeat(TextWriter output, IEnumerable<ExactRegion> regions)
    {
        foreach (ExactRegion region in regions)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{region.Start:x} {region.End:x} {(int)region.State}\n"));
        }

        output.Write('\n');
        output.Flush();
    }

    internal static List<ExactRegion> ReadHeat(TextReader input)
    {
        List<ExactRegion> heat = [];
        while (input.ReadLine() is { Length: > 0 } line && line.Split(' ') is [var start, var end, var state])
        {
            heat.Add(new ExactRegion(
                ulong.Parse(start, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                ulong.Parse(end, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                (ExactState)int.Parse(state, CultureInfo.InvariantCulture)));
        }

        return heat;
    }

    internal static void WriteTypes(TextWriter output, IEnumerable<TypeTotal> types, TypeWalk walk, bool isConsistent)
    {
        foreach (TypeTotal type in types)
        {
            string name = type.Name.Length > MaxNameLength ? type.Name[..MaxNameLength] + "..." : type.Name;
            output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{HeapReader.GenerationOf(type.Generation)} {type.NrObjects} {type.TouchedBytes} {type.ColdBytes} {type.UnknownBytes} {SafeText.FromUtf8(Encoding.UTF8.GetBytes(name))}\n"));
        }

        output.Write(string.Create(CultureInfo.InvariantCulture, $"= {walk.NrObjects} {walk.UnreadableBytes} {(isConsistent ? 1 : 0)}\n"));
        output.Flush();
    }

    /// <summary>Null when it ends before its end. What comes from a process that looks into a target is not trusted further.</summary>
    internal static TypeReading? Read(TextReader input)
    {
        List<TypeRow> rows = [];
        while (input.ReadLine() is { } line && rows.Count < MaxTypes)
        {
            string[] words = line.Split(' ', 6);
            if (words is ["=", var objects, var unreadable, var consistent])
            {
                return long.TryParse(objects, NumberStyles.None, CultureInfo.InvariantCulture, out long nrObjects)
                    && ulong.TryParse(unreadable, NumberStyles.None, CultureInfo.InvariantCulture, out ulong bytes)
                    ? new TypeReading(rows, nrObjects, bytes, consistent == "1")
                    : null;
            }

            if (words.Length != 6 || !TryParse(words, out TypeRow? row))
            {
                return null;
            }

            rows.Add(row!);
        }

        return null;
    }

    private static bool TryParse(string[] words, out TypeRow? row)
    {
        Span<ulong> numbers = stackalloc ulong[4];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!ulong.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                row = null;
                return false;
            }
        }

        row = new TypeRow(
            SafeText.FromUtf8(Encoding.UTF8.GetBytes(words[0])), SafeText.FromUtf8(Encoding.UTF8.GetBytes(words[5])), (long)numbers[0], numbers[1], numbers[2], numbers[3]);
        return true;
    }
}

/// <summary>Objects of one type in one generation.</summary>
internal sealed record TypeRow(string Generation, string Name, long NrObjects, ulong TouchedBytes, ulong ColdBytes, ulong UnknownBytes);

/// <summary>One walk of a heap.</summary>
/// <param name="Rows">Types by generation.</param>
/// <param name="NrObjects">Objects found.</param>
/// <param name="UnreadableBytes">Bytes of the heap in which none could be found.</param>
/// <param name="IsConsistent">No collection changed the older generations meanwhile.</param>
internal sealed record TypeReading(IReadOnlyList<TypeRow> Rows, long NrObjects, ulong UnreadableBytes, bool IsConsistent);
