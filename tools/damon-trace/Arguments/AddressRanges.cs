using System.CommandLine.Parsing;
using System.Globalization;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Arguments;

/// <summary>Address ranges on the command line: <c>0x7f0000000000-0x7f0000400000,4096-8192</c>, the end not included.</summary>
internal static class AddressRanges
{
    private const string HexPrefix = "0x";

    /// <summary>Parses an option's value; an error names the part that is wrong.</summary>
    internal static AddressRange[]? Parse(ArgumentResult result)
    {
        if (TryParse(string.Join(',', result.Tokens.Select(token => token.Value)), out AddressRange[] ranges, out string problem))
        {
            return ranges;
        }

        result.AddError(problem);
        return null;
    }

    /// <summary>Sorted, widened to whole pages as the kernel does, and disjoint.</summary>
    internal static bool TryParse(string text, out AddressRange[] ranges, out string problem)
    {
        var found = new List<AddressRange>();
        ranges = [];
        ulong pageSize = (ulong)Environment.SystemPageSize;
        foreach (string word in text.Split(','))
        {
            if (!TryParseOne(word, out AddressRange range) || range.End > ulong.MaxValue - pageSize)
            {
                problem = Explain(word);
                return false;
            }

            found.Add(new AddressRange(range.Start / pageSize * pageSize, (range.End + pageSize - 1) / pageSize * pageSize));
        }

        found.Sort((left, right) => left.Start.CompareTo(right.Start));
        for (int i = 1; i < found.Count; i++)
        {
            if (found[i].Start < found[i - 1].End)
            {
                problem = $"address ranges overlap, in whole pages, at 0x{found[i].Start:x}";
                return false;
            }
        }

        ranges = [.. found];
        problem = "";
        return true;
    }

    /// <summary>One range, as it is written: the end is the first byte after it.</summary>
    internal static bool TryParseOne(string text, out AddressRange range)
    {
        range = default;
        string[] ends = text.Split('-');
        if (ends.Length != 2 || !TryParseAddress(ends[0], out ulong start) || !TryParseAddress(ends[1], out ulong end) || end <= start)
        {
            return false;
        }

        range = new AddressRange(start, end);
        return true;
    }

    internal static string Explain(string text) =>
        $"'{text}' is not an address range: use START-END, e.g. 0x7f0000000000-0x7f0000400000, or decimal numbers";

    private static bool TryParseAddress(string text, out ulong address) => text.StartsWith(HexPrefix, StringComparison.OrdinalIgnoreCase)
        ? ulong.TryParse(text.AsSpan(HexPrefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address)
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out address);
}
