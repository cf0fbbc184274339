using System.Globalization;

namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>
/// Regions and ranges as short text. <c>0-64 3/9, 64-96 5</c> are two regions, start-end nr_accesses/age; <c>8-16-32</c> are the two
/// ranges 8-16 and 16-32.
/// </summary>
internal static class Notation
{
    public static AddressRange[] Ranges(string text)
    {
        List<AddressRange> ranges = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            ulong[] bounds = [.. part.Split('-').Select(s => ulong.Parse(s, CultureInfo.InvariantCulture))];
            for (int i = 1; i < bounds.Length; i++)
            {
                ranges.Add(new(bounds[i - 1], bounds[i]));
            }
        }

        return [.. ranges];
    }

    public static RegionArray Regions(string text)
    {
        RegionArray regions = new();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = part.Split(' ');
            uint[] counters = words.Length == 1 ? [0, 0] : [.. words[1].Split('/').Select(s => uint.Parse(s, CultureInfo.InvariantCulture))];
            foreach (AddressRange range in Ranges(words[0]))
            {
                regions.Append(new DamonRegion
                {
                    Start = range.Start,
                    End = range.End,
                    NrAccesses = counters[0],
                    Age = counters.Length > 1 ? counters[1] : 0,
                });
            }
        }

        regions.TakeAppended();
        return regions;
    }

    public static string Full(ReadOnlySpan<DamonRegion> regions)
    {
        List<string> parts = [];
        foreach (DamonRegion region in regions)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{region.Start}-{region.End} {region.NrAccesses}/{region.Age}"));
        }

        return string.Join(", ", parts);
    }

    /// <summary>Bounds only, touching regions written as a chain.</summary>
    public static string Bounds(ReadOnlySpan<DamonRegion> regions)
    {
        AddressRange[] ranges = new AddressRange[regions.Length];
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = new(regions[i].Start, regions[i].End);
        }

        return Bounds(ranges);
    }

    public static string Bounds(ReadOnlySpan<AddressRange> ranges)
    {
        string text = "";
        ulong end = 0;
        foreach (AddressRange range in ranges)
        {
            text += text.Length > 0 && range.Start == end
                ? string.Create(CultureInfo.InvariantCulture, $"-{range.End}")
                : string.Create(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? ", " : "")}{range.Start}-{range.End}");
            end = range.End;
        }

        return text;
    }
}
