using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>
/// Mappings in which MADV_COLD was refused (locked, hugetlb, device memory), so that each costs one call and not one per address and
/// tick.
/// </summary>
internal sealed class RefusedMappings
{
    private const int Capacity = 64;

    // Memory gets unlocked and unmapped: forget after so many ticks and learn again.
    private const int ForgetAfterTicks = 512;

    private readonly AddressRange[] _ranges = new AddressRange[Capacity];
    private int _count;
    private int _ticks;

    internal int Count => _count;

    internal void NextTick()
    {
        if (++_ticks >= ForgetAfterTicks)
        {
            Clear();
        }
    }

    internal void Clear()
    {
        _count = 0;
        _ticks = 0;
    }

    internal void Add(AddressRange range)
    {
        if (_count < Capacity && !Contains(range.Start))
        {
            _ranges[_count++] = range;
        }
    }

    internal bool Contains(ulong address)
    {
        for (int i = 0; i < _count; i++)
        {
            if (address >= _ranges[i].Start && address < _ranges[i].End)
            {
                return true;
            }
        }

        return false;
    }
}
