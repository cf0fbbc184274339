using System.Runtime.InteropServices;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// The virtual address space of a process: the address space of the vaddr operations set.
/// <para>
/// A deliberate difference to the kernel's vaddr: a mapping without any permission (PROT_NONE) counts as unmapped. Managed runtimes (.NET,
/// Java, Go) reserve hundreds of gigabytes that way; taken as mapped, nearly all regions would watch addresses nobody can touch.
/// The kernel's own pages ([vsyscall], [vvar]) are left out as well.
/// </para>
/// An exec just changes the mappings.
/// </summary>
public sealed class VaddrAddressSpace : IAddressSpace
{
    private readonly TargetProcess _target;
    private readonly MappingReader _reader;
    private readonly PopulatedRanges _populated;
    private readonly List<Mapping> _all = [];
    private List<Mapping> _mappings = [];
    private List<Mapping> _candidates = [];

    /// <summary>The address space of a target, which stays the caller's.</summary>
    public VaddrAddressSpace(TargetProcess target)
    {
        _target = target;
        _reader = new MappingReader(target);
        _populated = new PopulatedRanges(target);
    }

    /// <summary>Counts the changes of <see cref="Mappings"/>: 0 before the first reading, then 1.</summary>
    public uint Generation { get; private set; }

    /// <summary>The accessible mappings of the latest successful reading, in address order.</summary>
    public IReadOnlyList<Mapping> Mappings => _mappings;

    /// <inheritdoc/>
    public bool TryReadMappings(List<AddressRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ranges.Clear();
        if (!_target.IsAlive || !_reader.TryRead(_all, out bool changed))
        {
            return false;
        }

        if (changed)
        {
            Update();
        }

        ranges.EnsureCapacity(_mappings.Count);
        foreach (Mapping mapping in _mappings)
        {
            ranges.Add(new AddressRange(mapping.Start, mapping.End));
        }

        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// PAGEMAP_SCAN (Linux 6.7), 10 ns a page; not more often than 1 % of the time allows, the latest answer in between. At most 65,536
    /// ranges, the smallest gaps closed beyond that. The zero page counts as nothing, hugetlb pages count. No allocations when steady.
    /// </remarks>
    public bool TryReadPopulated(List<AddressRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        return _populated.TryRead(_mappings, ranges);
    }

    /// <summary>Appends the descriptions of this generation's mappings.</summary>
    public void Describe(ulong targetId, List<MappingDescription> descriptions)
    {
        ArgumentNullException.ThrowIfNull(descriptions);
        foreach (Mapping mapping in _mappings)
        {
            descriptions.Add(new MappingDescription(
                targetId, Generation, (uint)_mappings.Count, mapping.Start, mapping.End, mapping.Permissions, mapping.Name));
        }
    }

    private void Update()
    {
        _candidates.Clear();
        foreach (Mapping mapping in _all)
        {
            if (mapping.IsAccessible)
            {
                _candidates.Add(mapping);
            }
        }

        // A change among the mappings that do not count is none.
        if (Generation == 0 || !CollectionsMarshal.AsSpan(_candidates).SequenceEqual(CollectionsMarshal.AsSpan(_mappings)))
        {
            (_mappings, _candidates) = (_candidates, _mappings);
            Generation++;
        }
    }
}
