using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// What <c>damon-trace dotnet-heap</c> prints: after each reading, when the ranges have changed, all of them, one a line as
/// <c>start end name</c> in hexadecimal; then <c>= cpu_ns</c>, or <c>- cpu_ns</c> as long as there was no reading that counts.
/// </summary>
internal static class HeapText
{
    private const int MaxLineLength = 100;

    /// <summary>The names there can be. What comes from a process that looks into a target is not to be trusted further.</summary>
    private static readonly FrozenSet<string> s_names = FrozenSet.ToFrozenSet(
    [
        "[dotnet gen0]", "[dotnet gen1]", "[dotnet gen2]", "[dotnet loh]", "[dotnet poh]", "[dotnet frozen]",
        HeapRanges.Free, HeapRanges.Tables, HeapRanges.Heap,
    ]);

    internal static void WriteRanges(TextWriter output, IReadOnlyList<NamedRange> ranges)
    {
        var text = new StringBuilder();
        foreach (NamedRange range in ranges)
        {
            text.Append(CultureInfo.InvariantCulture, $"{range.Start:x} {range.End:x} {range.Name}\n");
        }

        output.Write(text.ToString());
    }

    internal static void WriteEnd(TextWriter output, TimeSpan cpu, bool complete)
    {
        output.Write(string.Create(CultureInfo.InvariantCulture, $"{(complete ? '=' : '-')} {cpu.Ticks * TimeSpan.NanosecondsPerTick}\n"));
        output.Flush();
    }

    /// <summary>Reads up to the end of one reading.</summary>
    /// <param name="input">What was printed.</param>
    /// <param name="ranges">The ranges when they have changed, else null.</param>
    /// <param name="complete">False as long as no reading counts.</param>
    /// <param name="cpuNs">CPU time of the process that prints.</param>
    /// <returns>False at the end of the text, and at the first line that is none of these.</returns>
    internal static bool TryRead(TextReader input, out NamedRange[]? ranges, out bool complete, out long cpuNs)
    {
        List<NamedRange> told = [];
        ranges = null;
        complete = false;
        cpuNs = 0;
        Span<char> buffer = stackalloc char[MaxLineLength];
        ulong previousEnd = 0;
        while (TryReadLine(input, buffer, out int length))
        {
            ReadOnlySpan<char> line = buffer[..length];
            if (line.Length > 2 && line[0] is '=' or '-')
            {
                complete = line[0] == '=';
                ranges = told.Count > 0 ? [.. told] : null;
                return long.TryParse(line[2..], NumberStyles.None, CultureInfo.InvariantCulture, out cpuNs);
            }

            if (told.Count == HeapRanges.MaxRanges || !TryParse(line, out NamedRange range) || range.Start < previousEnd)
            {
                return false;
            }

            previousEnd = range.End;
            told.Add(range);
        }

        return false;
    }

    private static bool TryReadLine(TextReader input, Span<char> line, out int length)
    {
        length = 0;
        for (int next = input.Read(); next >= 0 && length < line.Length; next = input.Read())
        {
            if (next == '\n')
            {
                return true;
            }

            line[length++] = (char)next;
        }

        return false;
    }

    private static bool TryParse(ReadOnlySpan<char> line, out NamedRange range)
    {
        range = default;
        int first = line.IndexOf(' ');
        int second = first < 0 ? -1 : line[(first + 1)..].IndexOf(' ');
        if (second < 0
            || !ulong.TryParse(line[..first], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong start)
            || !ulong.TryParse(line.Slice(first + 1, second), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong end)
            || start >= end
            || !s_names.TryGetValue(line[(first + second + 2)..].ToString(), out string? name))
        {
            return false;
        }

        range = new NamedRange(start, end, name);
        return true;
    }
}
