using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.DotNet;

/// <summary>Collects the ranges of one reading. They come from another process's memory: whatever is in them, the result is disjoint, sorted and bounded.</summary>
internal sealed class HeapRanges
{
    internal const string Heap = "[dotnet heap]";
    internal const string Free = "[dotnet free]";
    internal const string Tables = "[dotnet gc]";

    /// <summary>More ranges are not worth their descriptions: then the heap has one name.</summary>
    internal const int MaxRanges = 2000;

    // A heap of a terabyte in regions of 4 MB.
    private const int MaxAdded = 262_144;

    private static readonly ulong s_pageMask = (ulong)Unistd.PageSize - 1;

    private readonly List<NamedRange> _added = [];

    /// <summary>Adds a range, widened to whole pages. An empty or impossible one is left out.</summary>
    internal void Add(ulong start, ulong end, string name)
    {
        ulong first = start & ~s_pageMask;
        ulong last = (end + s_pageMask) & ~s_pageMask;
        if (start < end && first < last && last <= long.MaxValue && _added.Count < MaxAdded)
        {
            _added.Add(new NamedRange(first, last, name));
        }
    }

    /// <summary>In address order, neighbours of one name joined. Where two overlap, the first has the addresses.</summary>
    internal NamedRange[] ToArray()
    {
        _added.Sort((a, b) => a.Start.CompareTo(b.Start));
        List<NamedRange> joined = Join(oneName: false);
        return [.. joined.Count > MaxRanges ? Join(oneName: true).Take(MaxRanges) : joined];
    }

    private List<NamedRange> Join(bool oneName)
    {
        List<NamedRange> joined = [];
        foreach (NamedRange added in _added)
        {
            string name = oneName ? Heap : added.Name;
            NamedRange previous = joined.Count > 0 ? joined[^1] : default;
            ulong start = Math.Max(added.Start, previous.End);
            if (start >= added.End)
            {
                continue;
            }

            if (joined.Count > 0 && previous.Name == name && previous.End == start)
            {
                joined[^1] = previous with { End = added.End };
            }
            else
            {
                joined.Add(new NamedRange(start, added.End, name));
            }
        }

        return joined;
    }
}
