using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.Simulated;

/// <summary>The address space of a target that does not exist: mappings that may change with virtual time.</summary>
public sealed class SimulatedAddressSpace : IAddressSpace
{
    private readonly Func<long> _clockNs;
    private readonly List<(long FromNs, AddressRange[] Mappings)> _script = [];

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
        if (_script.Count > 0 && fromNs <= _script[^1].FromNs)
        {
            throw new ArgumentException("moments must ascend", nameof(fromNs));
        }

        _script.Add((fromNs, mappings));
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

        ranges.AddRange(Current());
        return true;
    }

    /// <summary>Whether an address can be accessed now.</summary>
    internal bool IsMapped(ulong address)
    {
        if (_clockNs() >= ExitNs)
        {
            return false;
        }

        foreach (AddressRange mapping in Current())
        {
            if (address >= mapping.Start && address < mapping.End)
            {
                return true;
            }
        }

        return false;
    }

    private AddressRange[] Current()
    {
        long now = _clockNs();
        int index = _script.Count - 1;
        while (index > 0 && _script[index].FromNs > now)
        {
            index--;
        }

        return _script[index].Mappings;
    }
}
