using System.Runtime.InteropServices;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Microsoft.Diagnostics.Runtime;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// Walks all objects of a heap, one after the other as they lie in memory, and sums up their bytes by type and generation and by what is known of the
/// pages that they are in. The target runs on meanwhile: what is not an object any more, or not yet, ends the walk of its region, and the rest of it is
/// counted as not readable. Reads the heap once, in pieces of a megabyte: about a second per GB and 20 million objects.
/// </summary>
/// <param name="runtime">Of the target; stays the caller's.</param>
/// <param name="heat">The pages, ascending and disjoint.</param>
internal sealed class TypeWalk(ClrRuntime runtime, IReadOnlyList<ExactRegion> heat)
{
    private const int BlockBytes = 1 << 20;
    private const ulong HeaderBytes = sizeof(ulong);
    private const ulong LeastObjectBytes = 3 * sizeof(ulong);

    // The collector marks objects in the lowest bits while it works.
    private const ulong MethodTableMask = ~7UL;

    private readonly Dictionary<ulong, TypeOf> _types = [];
    private readonly Dictionary<(GCSegmentKind Generation, ulong MethodTable), TypeTotal> _totals = [];
    private readonly byte[] _block = new byte[BlockBytes];
    private ulong _blockStart;
    private int _blockLength;
    private int _region;

    /// <summary>Bytes of the heap in which no object could be found.</summary>
    internal ulong UnreadableBytes { get; private set; }

    /// <summary>Objects found.</summary>
    internal long NrObjects { get; private set; }

    internal IEnumerable<TypeTotal> Run()
    {
        Dictionary<ulong, ulong> contexts = [];
        foreach (MemoryRange context in runtime.Heap.EnumerateAllocationContexts())
        {
            contexts[context.Start] = context.End;
        }

        foreach (ClrSegment segment in runtime.Heap.Segments.OrderBy(static segment => segment.ObjectRange.Start))
        {
            Walk(segment, contexts);
        }

        return _totals.Values;
    }

    private void Walk(ClrSegment segment, Dictionary<ulong, ulong> contexts)
    {
        ulong end = segment.ObjectRange.End;
        _blockLength = 0;
        for (ulong address = segment.ObjectRange.Start; address < end;)
        {
            // A thread allocates from here to there: behind it is the next object.
            if (contexts.TryGetValue(address, out ulong contextEnd))
            {
                address = contextEnd + LeastObjectBytes;
                continue;
            }

            if (!TryRead(address, end, out ulong methodTable, out uint length) || Find(methodTable & MethodTableMask) is not { } type)
            {
                UnreadableBytes += end - address;
                return;
            }

            ulong size = Math.Max(LeastObjectBytes, type.BaseBytes + (type.ComponentBytes * length) + 7) & ~7UL;
            if (size > end - address + HeaderBytes)
            {
                UnreadableBytes += end - address;
                return;
            }

            Add(KindOf(segment, address), methodTable & MethodTableMask, type, address - HeaderBytes, size);
            address += size;
        }
    }

    /// <summary>A segment, of collectors without regions, may hold three generations.</summary>
    private static GCSegmentKind KindOf(ClrSegment segment, ulong address) => segment.Kind != GCSegmentKind.Ephemeral ? segment.Kind
        : segment.Generation0.Contains(address) ? GCSegmentKind.Generation0
        : segment.Generation1.Contains(address) ? GCSegmentKind.Generation1
        : GCSegmentKind.Generation2;

    private bool TryRead(ulong address, ulong end, out ulong methodTable, out uint length)
    {
        const int Needed = sizeof(ulong) + sizeof(uint);
        (methodTable, length) = (0, 0);
        if (address < _blockStart || address + Needed > _blockStart + (ulong)_blockLength)
        {
            _blockStart = address;
            _blockLength = runtime.DataTarget.DataReader.Read(address, _block.AsSpan(0, (int)Math.Min(BlockBytes, end - address + HeaderBytes)));
            if (_blockLength < Needed)
            {
                return false;
            }
        }

        ReadOnlySpan<byte> bytes = _block.AsSpan((int)(address - _blockStart), Needed);
        methodTable = MemoryMarshal.Read<ulong>(bytes);
        length = MemoryMarshal.Read<uint>(bytes[sizeof(ulong)..]);
        return true;
    }

    private TypeOf? Find(ulong methodTable)
    {
        if (_types.TryGetValue(methodTable, out TypeOf? known))
        {
            return known;
        }

        TypeOf? found = null;
        if (methodTable != 0 && runtime.GetTypeByMethodTable(methodTable) is { } type && type.StaticSize > 0)
        {
            // A string has one more character than it says, which its size does not tell either.
            ulong terminator = type.IsString ? (ulong)type.ComponentSize : 0;
            found = new TypeOf(type.IsFree ? "free" : type.Name ?? "a type without a name", (ulong)type.StaticSize + terminator, (ulong)type.ComponentSize);
            _types.Add(methodTable, found);
        }

        return found;
    }

    private void Add(GCSegmentKind generation, ulong methodTable, TypeOf type, ulong start, ulong size)
    {
        ref TypeTotal? total = ref CollectionsMarshal.GetValueRefOrAddDefault(_totals, (generation, methodTable), out _);
        total ??= new TypeTotal { Generation = generation, Name = type.Name };
        total.NrObjects++;
        NrObjects++;
        ulong end = start + size;
        while (_region > 0 && heat[_region - 1].End > start)
        {
            _region--;
        }

        while (_region < heat.Count && heat[_region].End <= start)
        {
            _region++;
        }

        for (int i = _region; i < heat.Count && heat[i].Start < end; i++)
        {
            total.Add(heat[i].State, Math.Min(end, heat[i].End) - Math.Max(start, heat[i].Start));
        }
    }

    private sealed record TypeOf(string Name, ulong BaseBytes, ulong ComponentBytes);
}

/// <summary>The objects of one type in one generation.</summary>
internal sealed class TypeTotal
{
    internal required GCSegmentKind Generation { get; init; }

    internal required string Name { get; init; }

    internal long NrObjects { get; set; }

    internal ulong TouchedBytes { get; private set; }

    internal ulong ColdBytes { get; private set; }

    internal ulong UnknownBytes { get; private set; }

    internal void Add(ExactState state, ulong bytes)
    {
        TouchedBytes += state == ExactState.Touched ? bytes : 0;
        ColdBytes += state == ExactState.Untouched ? bytes : 0;
        UnknownBytes += state == ExactState.Unknown ? bytes : 0;
    }
}
