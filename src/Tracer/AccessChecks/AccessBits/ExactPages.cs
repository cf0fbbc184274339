using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Which pages were accessed since a sweep: every populated page with a bit. Immutable.</summary>
public sealed class ExactPages
{
    private readonly ulong[] _bitmap;

    internal ExactPages(
        IReadOnlyList<ExactRun> runs, ulong[] bitmap, IReadOnlyList<ExactUnknown> unknown, IReadOnlyList<AddressRange> huge, long windowNs, long readNs)
    {
        Runs = runs;
        _bitmap = bitmap;
        Unknown = unknown;
        Huge = huge;
        WindowNs = windowNs;
        ReadNs = readNs;
        foreach (ulong word in bitmap)
        {
            TouchedBytes += (ulong)ulong.PopCount(word) * PageSize;
        }

        foreach (ExactRun run in runs)
        {
            KnownBytes += run.End - run.Start;
        }

        foreach (ExactUnknown range in unknown)
        {
            UnknownBytes += range.End - range.Start;
        }
    }

    /// <summary>The known pages, ascending and disjoint.</summary>
    public IReadOnlyList<ExactRun> Runs { get; }

    /// <summary>One bit per known page, 1 = touched; the bits of <see cref="Runs"/> follow one another without gaps.</summary>
    public ReadOnlySpan<ulong> Bitmap => _bitmap;

    /// <summary>Populated pages of which nothing can be known, ascending and disjoint.</summary>
    public IReadOnlyList<ExactUnknown> Unknown { get; }

    /// <summary>Known pages that have one bit for 2 MiB, ascending and disjoint.</summary>
    public IReadOnlyList<AddressRange> Huge { get; }

    /// <summary>From the sweep to the begin of the reading, in nanoseconds.</summary>
    public long WindowNs { get; }

    /// <summary>How long the reading took: the window of the last page is that much longer than the first one's.</summary>
    public long ReadNs { get; }

    /// <summary>Bytes of touched pages: the working set of the window.</summary>
    public ulong TouchedBytes { get; }

    /// <summary>Bytes of known pages, touched or not. With <see cref="UnknownBytes"/> all that is populated.</summary>
    public ulong KnownBytes { get; }

    /// <summary>Bytes of pages of which nothing can be known.</summary>
    public ulong UnknownBytes { get; }

    private static ulong PageSize => (ulong)Unistd.PageSize;

    /// <summary>The state of the page of an address; null where there is no memory. A binary search.</summary>
    public ExactState? StateAt(ulong address)
    {
        int run = FindLast(Runs.Count, i => Runs[i].Start <= address);
        if (run >= 0 && address < Runs[run].End)
        {
            long bit = Runs[run].FirstBit + (long)((address - Runs[run].Start) / PageSize);
            return IsTouched(bit) ? ExactState.Touched : ExactState.Untouched;
        }

        int range = FindLast(Unknown.Count, i => Unknown[i].Start <= address);
        return range >= 0 && address < Unknown[range].End ? ExactState.Unknown : null;
    }

    /// <summary>All populated pages in address order, as few regions as possible: each of pages in a row in one state.</summary>
    public IEnumerable<ExactRegion> Regions()
    {
        int unknown = 0;
        foreach (ExactRun run in Runs)
        {
            for (; unknown < Unknown.Count && Unknown[unknown].Start < run.Start; unknown++)
            {
                yield return new ExactRegion(Unknown[unknown].Start, Unknown[unknown].End, ExactState.Unknown);
            }

            ulong start = run.Start;
            for (long bit = run.FirstBit; start < run.End;)
            {
                bool touched = IsTouched(bit);
                ulong end = start;
                while (end < run.End && IsTouched(bit) == touched)
                {
                    bit++;
                    end += PageSize;
                }

                yield return new ExactRegion(start, end, touched ? ExactState.Touched : ExactState.Untouched);
                start = end;
            }
        }

        for (; unknown < Unknown.Count; unknown++)
        {
            yield return new ExactRegion(Unknown[unknown].Start, Unknown[unknown].End, ExactState.Unknown);
        }
    }

    /// <summary>The populated pages, known or not: ascending, disjoint, none touching the next.</summary>
    internal void CopyPopulated(List<AddressRange> ranges)
    {
        ranges.Clear();
        int unknown = 0;
        foreach (ExactRun run in Runs)
        {
            for (; unknown < Unknown.Count && Unknown[unknown].Start < run.Start; unknown++)
            {
                Append(ranges, Unknown[unknown].Start, Unknown[unknown].End);
            }

            Append(ranges, run.Start, run.End);
        }

        for (; unknown < Unknown.Count; unknown++)
        {
            Append(ranges, Unknown[unknown].Start, Unknown[unknown].End);
        }
    }

    /// <summary>The states of some pages. No allocations.</summary>
    /// <param name="addresses">Ascending.</param>
    /// <param name="states">One per address.</param>
    internal void CopyStates(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        (int run, int unknown) = (0, 0);
        for (int i = 0; i < addresses.Length; i++)
        {
            ulong address = addresses[i];
            while (run < Runs.Count && Runs[run].End <= address)
            {
                run++;
            }

            while (unknown < Unknown.Count && Unknown[unknown].End <= address)
            {
                unknown++;
            }

            states[i] = run < Runs.Count && Runs[run].Start <= address
                ? IsTouched(Runs[run].FirstBit + (long)((address - Runs[run].Start) / PageSize)) ? AccessState.Accessed : AccessState.NotAccessed
                : unknown < Unknown.Count && Unknown[unknown].Start <= address ? AccessState.Unclearable
                : AccessState.NotPresent;
        }
    }

    /// <summary>The same by mapping. Mappings without memory have no entry.</summary>
    /// <param name="mappings">Those of the target when the pages were read, in address order.</param>
    public IReadOnlyList<ExactMapping> ByMapping(IReadOnlyList<Mapping> mappings)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        ExactMapping[] all = [.. mappings.Select(static mapping => new ExactMapping(mapping))];
        ForEachPart(all, Regions(), static region => (region.Start, region.End), static (mapping, start, end, region) =>
            mapping.Add(start, end, region.State, PageSize));
        ForEachPart(all, Unknown, static range => (range.Start, range.End), static (mapping, start, end, range) =>
            mapping.AddUnknown(end - start, range.Reason));
        ForEachPart(all, Huge, static range => (range.Start, range.End), static (mapping, start, end, _) => mapping.HugeBytes += end - start);
        return [.. all.Where(static mapping => mapping.ResidentBytes > 0)];
    }

    /// <summary>
    /// The touched parts of files, by path and offset, joined where they touch or overlap. Files that are gone, and memory without a
    /// file, are left out.
    /// </summary>
    /// <param name="mappings">Those of the target when the pages were read, in address order.</param>
    public IReadOnlyList<FileRange> TouchedFileRanges(IReadOnlyList<Mapping> mappings)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        var ranges = new List<FileRange>();
        int first = 0;
        foreach (ExactRegion region in Regions().Where(static region => region.State == ExactState.Touched))
        {
            while (first < mappings.Count && mappings[first].End <= region.Start)
            {
                first++;
            }

            for (int i = first; i < mappings.Count && mappings[i].Start < region.End; i++)
            {
                if (IsFile(mappings[i]))
                {
                    ulong start = Math.Max(region.Start, mappings[i].Start);
                    ulong end = Math.Min(region.End, mappings[i].End);
                    ranges.Add(new FileRange(mappings[i].Name, mappings[i].Offset + (start - mappings[i].Start), end - start));
                }
            }
        }

        return Join(ranges);
    }

    /// <summary>Both in address order: each part of a range with the mapping it lies in.</summary>
    private static void ForEachPart<T>(
        ExactMapping[] mappings, IEnumerable<T> ranges, Func<T, (ulong Start, ulong End)> extent, Action<ExactMapping, ulong, ulong, T> take)
    {
        int first = 0;
        foreach (T range in ranges)
        {
            (ulong start, ulong end) = extent(range);
            while (first < mappings.Length && mappings[first].Mapping.End <= start)
            {
                first++;
            }

            for (int i = first; i < mappings.Length && mappings[i].Mapping.Start < end; i++)
            {
                Mapping mapping = mappings[i].Mapping;
                take(mappings[i], Math.Max(start, mapping.Start), Math.Min(end, mapping.End), range);
            }
        }
    }

    private static bool IsFile(in Mapping mapping) => mapping.Inode != 0 && mapping.Name.StartsWith('/')
        && !mapping.Name.EndsWith(" (deleted)", StringComparison.Ordinal);

    private static List<FileRange> Join(List<FileRange> ranges)
    {
        var joined = new List<FileRange>();
        foreach (FileRange range in ranges.OrderBy(static r => r.Path, StringComparer.Ordinal).ThenBy(static r => r.Offset))
        {
            if (joined.Count > 0 && joined[^1].Path == range.Path && joined[^1].Offset + joined[^1].Length >= range.Offset)
            {
                ulong end = Math.Max(joined[^1].Offset + joined[^1].Length, range.Offset + range.Length);
                joined[^1] = joined[^1] with { Length = end - joined[^1].Offset };
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }

    private static void Append(List<AddressRange> ranges, ulong start, ulong end)
    {
        if (ranges.Count > 0 && ranges[^1].End == start)
        {
            ranges[^1] = ranges[^1] with { End = end };
        }
        else
        {
            ranges.Add(new AddressRange(start, end));
        }
    }

    private bool IsTouched(long bit) => ((_bitmap[bit / 64] >> (int)(bit % 64)) & 1) != 0;

    /// <summary>The last index for which something holds that holds for all before it; -1 when for none.</summary>
    private static int FindLast(int count, Func<int, bool> holds)
    {
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = holds(middle) ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}
