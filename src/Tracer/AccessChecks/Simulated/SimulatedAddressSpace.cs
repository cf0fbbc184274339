using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.Simulated;

/// <summary>The address space of a target that does not exist: mappings that may change with virtual time.</summary>
public sealed class SimulatedAddressSpace : IAddressSpace
{
    private readonly Func<long> _clockNs;
    private readonly List<(long FromNs, AddressRange[] Ranges)> _script = [];
    private readonly List<(long FromNs, AddressRange[] Ranges)> _populated = [];

    /// <summary>An address space with these mappings from the begin on, in address order.</summary>
    public SimulatedAddressSpace(Func<long> clockNs, params AddressRange[] mappings)
    {
        _clockNs = clockNs;
        SetMappings(long.MinValue, mappings);
    }

    /// <summary>From this moment on the target is gone.</summary>
    public long ExitNs { get; set; } = long.MaxValue;

    /// <summary>Replaces all mappings at a later moment; moments in ascending order.</summary>
    public void SetMappings(long fromNs, params AddressRange[] mappings)
    {
        Append(_script, fromNs, mappings);
    }

    /// <summary>
    /// From this moment on memory is in these ranges only, in address order; moments in ascending order. Before the first one it is not
    /// known where there is memory.
    /// </summary>
    public void SetPopulated(long fromNs, params AddressRange[] ranges)
    {
        Append(_populated, fromNs, ranges);
    }

    /// <inheritdoc/>
    public bool TryReadMappings(List<AddressRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ranges.Clear();
        if (_clockNs() >= ExitNs)
        {
            return false;
        }

        ranges.AddRange(Current(_script)!);
        return true;
    }

    /// <inheritdoc/>
    public bool TryReadPopulated(List<AddressRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ranges.Clear();
        if (_clockNs() >= ExitNs || Current(_populated) is not { } populated)
        {
            return false;
        }

        AddressRange[] mappings = Current(_script)!;
        for (int mapping = 0, range = 0; mapping < mappings.Length && range < populated.Length;)
        {
            ulong start = Math.Max(mappings[mapping].Start, populated[range].Start);
            ulong end = Math.Min(mappings[mapping].End, populated[range].End);
            if (start < end)
            {
                ranges.Add(new AddressRange(start, end));
            }

            if (mappings[mapping].End < populated[range].End)
            {
                mapping++;
            }
            else
            {
                range++;
            }
        }

        return true;
    }

    /// <summary>Whether there is memory at an address now.</summary>
    internal bool IsPresent(ulong address) => _clockNs() < ExitNs && Contains(Current(_script)!, address)
        && (Current(_populated) is not { } populated || Contains(populated, address));

    internal static bool Contains(IList<AddressRange> ranges, ulong address)
    {
        // By index: an enumerator of the interface would be garbage.
        for (int i = 0; i < ranges.Count; i++)
        {
            if (address >= ranges[i].Start && address < ranges[i].End)
            {
                return true;
            }
        }

        return false;
    }

    private static void Append(List<(long FromNs, AddressRange[] Ranges)> script, long fromNs, AddressRange[] ranges)
    {
        if (script.Count > 0 && fromNs <= script[^1].FromNs)
        {
            throw new ArgumentException("moments must ascend", nameof(fromNs));
        }

        script.Add((fromNs, ranges));
    }

    /// <summary>What holds now; null before the first moment.</summary>
    private AddressRange[]? Current(List<(long FromNs, AddressRange[] Ranges)> script)
    {
        long now = _clockNs();
        int index = script.Count - 1;
        while (index >= 0 && script[index].FromNs > now)
        {
            index--;
        }

        return index < 0 ? null : script[index].Ranges;
    }
}
