using Damon.Trace.Exerciser.Linux;
using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exerciser;

/// <summary>Maps the memory and touches all of it once.</summary>
internal sealed unsafe class MemoryLayout
{
    private readonly List<MemoryRange> _ranges = [];

    internal MemoryLayout(ExerciserOptions options, ManagedHeap? heap)
    {
        Main = MapAlone(options.SizeBytes, options.HugePages);
        Toucher.Populate(Main, options.SizeBytes);
        ulong hotEnd = Base + options.HotBytes;
        ulong warmEnd = hotEnd + options.WarmBytes;
        Hot = Add("hot", Base, hotEnd);
        Warm = Add("warm", hotEnd, warmEnd);
        Cold = Add("cold", warmEnd, Base + options.SizeBytes);
        if (options.StaticBytes > 0)
        {
            AddPopulated("static", MapAlone(options.StaticBytes, options.HugePages), options.StaticBytes);
        }

        if (options.LockedBytes > 0)
        {
            byte* locked = MapAlone(options.LockedBytes, hugePages: false);
            SysMman.Lock(locked, options.LockedBytes);
            AddPopulated("locked", locked, options.LockedBytes);
        }

        if (options.SharedBytes > 0)
        {
            byte* shared = SysMman.Map(options.SharedBytes, PROT_READ | PROT_WRITE, MAP_SHARED);
            AddPopulated("shared", shared, options.SharedBytes);
            AddPopulated("shared-again", SysMman.MapAgain(shared, options.SharedBytes), options.SharedBytes);
        }

        if (options.NrMmaps > 0)
        {
            AddSmallMappings(options.NrMmaps);
        }

        if (heap is not null)
        {
            Add("large-object", heap.LargeObject.Start, heap.LargeObject.End);
        }

        PopulatedNs = Time.GetNs(Time.CLOCK_MONOTONIC);
    }

    /// <summary>First byte of the [hot | warm | cold] mapping.</summary>
    internal byte* Main { get; }

    internal ulong Base => (ulong)Main;

    internal MemoryRange Hot { get; }

    internal MemoryRange Warm { get; }

    internal MemoryRange Cold { get; }

    /// <summary>All ranges that are not empty.</summary>
    internal IReadOnlyList<MemoryRange> Ranges => _ranges;

    /// <summary>When the last page was touched for the first time.</summary>
    internal long PopulatedNs { get; }

    /// <summary>Maps memory with unmapped pages on both sides, so that the kernel does not merge it with a neighbour.</summary>
    private static byte* MapAlone(ulong size, bool hugePages)
    {
        const ulong Align = ExerciserOptions.HugePageSize;
        ulong reserved = (ulong)SysMman.Map(size + (2 * Align), PROT_NONE, MAP_PRIVATE);
        byte* memory = (byte*)((reserved + Align) & ~(Align - 1));
        SysMman.Protect(memory, size, PROT_READ | PROT_WRITE);
        SysMman.Advise(memory, size, hugePages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
        return memory;
    }

    // Neighbours with the same rights would become one mapping: every second one loses the right to write, after it was touched.
    private void AddSmallMappings(int count)
    {
        const ulong PageSize = ExerciserOptions.PageSize;
        byte* memory = MapAlone((ulong)count * PageSize, hugePages: false);
        AddPopulated("mmaps", memory, (ulong)count * PageSize);
        for (int index = 1; index < count; index += 2)
        {
            SysMman.Protect(memory + ((ulong)index * PageSize), PageSize, PROT_READ);
        }
    }

    private void AddPopulated(string name, byte* memory, ulong size)
    {
        Toucher.Populate(memory, size);
        Add(name, (ulong)memory, (ulong)memory + size);
    }

    private MemoryRange Add(string name, ulong start, ulong end)
    {
        var range = new MemoryRange(name, start, end);
        if (range.Size > 0)
        {
            _ranges.Add(range);
        }

        return range;
    }
}
