using Damon.Trace.Tracer.Symbols.Parts;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Names;

/// <summary>Ranges with labels: made of the parts of files, put together, and made few enough to be described once a minute.</summary>
internal static class LabelRanges
{
    private const ulong FirstChunkBytes = 64 << 10;

    private static ulong PageBytes => (ulong)Environment.SystemPageSize;

    /// <summary>A label for a range of addresses.</summary>
    internal static NamedRange Of(ulong start, ulong end, string label) => new(start, end, "") { Label = label };

    /// <summary>
    /// The parts of a file where a mapping has them. A page that two of them share is that of the one with more of it; what has no page of its own
    /// then is left out.
    /// </summary>
    internal static IEnumerable<NamedRange> OfFile(Mapping mapping, IReadOnlyList<FilePart> parts)
    {
        ulong last = mapping.Start;
        foreach (FilePart part in parts)
        {
            ulong fileEnd = part.Offset + part.Length;
            if (fileEnd <= mapping.Offset || part.Offset >= mapping.Offset + mapping.Size)
            {
                continue;
            }

            ulong start = Math.Max(last, mapping.Start + Rounded(Math.Max(part.Offset, mapping.Offset) - mapping.Offset));
            ulong end = Math.Min(mapping.End, mapping.Start + Rounded(Math.Min(fileEnd - mapping.Offset, mapping.Size)));
            if (start < end)
            {
                last = end;
                yield return Of(start, end, part.Name);
            }
        }
    }

    /// <summary>Sorted and disjoint, neighbours of one label joined. Where two overlap, the one that begins first has the addresses.</summary>
    internal static List<NamedRange> Join(IEnumerable<NamedRange> ranges)
    {
        List<NamedRange> joined = [];
        foreach (NamedRange range in ranges.OrderBy(static range => range.Start))
        {
            ulong start = joined.Count > 0 ? Math.Max(range.Start, joined[^1].End) : range.Start;
            if (start >= range.End)
            {
                continue;
            }

            if (joined.Count > 0 && joined[^1] is var last && last.End == start && last.Name == range.Name && last.Label == range.Label)
            {
                joined[^1] = last with { End = range.End };
            }
            else
            {
                joined.Add(range with { Start = start });
            }
        }

        return joined;
    }

    /// <summary>
    /// No more than some: where they are too many, pieces of 64 KiB, 128 KiB, ... have the label of most of what is in them, with "mostly" before it
    /// where that is not all.
    /// </summary>
    /// <param name="ranges">Sorted and disjoint.</param>
    /// <param name="most">1 or more.</param>
    internal static IReadOnlyList<NamedRange> Coarsen(IReadOnlyList<NamedRange> ranges, int most)
    {
        for (ulong chunk = FirstChunkBytes; ranges.Count > most && chunk < 1UL << 40; chunk *= 2)
        {
            List<NamedRange> coarse = InChunks(ranges, chunk);
            if (coarse.Count <= most)
            {
                return coarse;
            }
        }

        return ranges.Count <= most ? ranges : [.. ranges.Take(most)];
    }

    private static List<NamedRange> InChunks(IReadOnlyList<NamedRange> ranges, ulong chunk)
    {
        List<NamedRange> coarse = [];
        Dictionary<string, ulong> bytes = [];
        ulong chunkStart = 0;
        (ulong Start, ulong End) covered = default;
        foreach (NamedRange range in ranges)
        {
            for (ulong start = range.Start; start < range.End;)
            {
                ulong at = start / chunk * chunk;
                if (at != chunkStart)
                {
                    Flush();
                    (chunkStart, covered) = (at, (start, start));
                }

                ulong end = Math.Min(range.End, at + chunk);
                string key = range.Label.Length > 0 ? range.Label : range.Name;
                bytes[key] = bytes.GetValueOrDefault(key) + (end - start);
                covered.End = end;
                start = end;
            }
        }

        Flush();
        return Join(coarse);

        void Flush()
        {
            if (bytes.Count > 0)
            {
                string label = bytes.MaxBy(static one => one.Value).Key;
                coarse.Add(Of(covered.Start, covered.End, bytes.Count == 1 || label.StartsWith("mostly ", StringComparison.Ordinal) ? label : $"mostly {label}"));
                bytes.Clear();
            }
        }
    }

    /// <summary>The next boundary of pages, before or behind.</summary>
    internal static ulong Rounded(ulong bytes) => (bytes + (PageBytes / 2)) / PageBytes * PageBytes;
}
