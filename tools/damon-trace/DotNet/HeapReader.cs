using Damon.Trace.Tracer.Targets;
using Microsoft.Diagnostics.Runtime;
using Microsoft.Diagnostics.Runtime.AbstractDac;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// Reads which addresses a garbage collector uses for what: the list of its regions, never an object. About 140 reads of 5 KB in 21 pages for
/// a heap of 20 regions. The target runs on meanwhile, so what is read counts only when the collector says, before and after, that its tables
/// are in order, and when both readings are the same.
/// </summary>
internal sealed class HeapReader
{
    private readonly ClrInfo _runtime;
    private readonly string _dacPath;

    /// <param name="target">The target; stays the caller's.</param>
    /// <param name="dacPath">A debugging library that may be loaded.</param>
    internal HeapReader(DataTarget target, string dacPath)
    {
        _runtime = target.ClrVersions.Single();
        _dacPath = dacPath;
    }

    /// <summary>The ranges now, disjoint and in address order; null while a collection is under way, or the heap is not made yet.</summary>
    internal NamedRange[]? TryRead() =>
        TryReadOnce() is NamedRange[] first && TryReadOnce() is NamedRange[] second && first.AsSpan().SequenceEqual(second) ? second : null;

    private NamedRange[]? TryReadOnce()
    {
        // New services each time: they keep what they have read, also whether the tables are in order.
        IServiceProvider services = DataTarget.CreateDacServices(_runtime, _dacPath);
        using var disposable = services as IDisposable;
        if (services.GetService(typeof(IAbstractHeap)) is not IAbstractHeap { State.AreGCStructuresValid: true } heap)
        {
            return null;
        }

        var ranges = new HeapRanges();
        foreach (SubHeapInfo part in heap.EnumerateSubHeaps())
        {
            foreach (SegmentInfo segment in part.Segments)
            {
                AddSegment(ranges, segment);
            }
        }

        if (services.GetService(typeof(IAbstractClrNativeHeaps)) is IAbstractClrNativeHeaps others)
        {
            AddAll(ranges, others.EnumerateGCFreeRegions(), HeapRanges.Free);
            AddAll(ranges, others.EnumerateGCBookkeepingRegions(), HeapRanges.Tables);
        }

        return ranges.ToArray();
    }

    private static void AddAll(HeapRanges ranges, IEnumerable<ClrNativeHeapInfo> memory, string name)
    {
        foreach (ClrNativeHeapInfo part in memory)
        {
            ranges.Add(part.MemoryRange.Start, part.MemoryRange.End, name);
        }
    }

    /// <summary>
    /// A region is of one generation; a segment, of collectors without regions, may hold three. All of it has the name: what no object uses
    /// yet, and what is only reserved, which no mapping shows before it is committed.
    /// </summary>
    private static void AddSegment(HeapRanges ranges, in SegmentInfo segment)
    {
        ulong start = segment.CommittedMemory.Start;
        ulong end = Math.Max(segment.CommittedMemory.End, segment.ReservedMemory.End);
        if (segment.Kind != GCSegmentKind.Ephemeral)
        {
            ranges.Add(start, end, NameOf(segment.Kind));
            return;
        }

        ranges.Add(start, segment.Generation1.Start, NameOf(GCSegmentKind.Generation2));
        ranges.Add(segment.Generation1.Start, segment.Generation0.Start, NameOf(GCSegmentKind.Generation1));
        ranges.Add(segment.Generation0.Start, end, NameOf(GCSegmentKind.Generation0));
    }

    /// <summary>How a generation is called: <c>gen2</c>.</summary>
    internal static string GenerationOf(GCSegmentKind kind) => kind switch
    {
        GCSegmentKind.Generation0 => "gen0",
        GCSegmentKind.Generation1 => "gen1",
        GCSegmentKind.Generation2 => "gen2",
        GCSegmentKind.Large => "loh",
        GCSegmentKind.Pinned => "poh",
        GCSegmentKind.Frozen => "frozen",
        _ => "heap",
    };

    private static string NameOf(GCSegmentKind kind) => $"[dotnet {GenerationOf(kind)}]";
}
