namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>
/// Memory whose accesses are a function of page and window, as an address space and a perfect check of it in one. Pages are 4 KiB.
/// </summary>
/// <param name="populated">Ranges that hold memory.</param>
/// <param name="isAccessed">Whether a page is accessed in a window: page number, number of the window.</param>
internal sealed class SimulatedMemory(AddressRange[] populated, Func<ulong, int, bool> isAccessed) : IAddressSpace, IAccessCheck, IYoungPages
{
    public AccessGranularity Granularity => AccessGranularity.Page;

    public string Labels => "simulated=yes";

    /// <summary>Ranges that hold memory; a test may change them.</summary>
    public AddressRange[] Populated { get; set; } = populated;

    /// <summary>Kind of a page: exact unless said otherwise.</summary>
    public Func<ulong, AccessState> KindOf { get; set; } = _ => AccessState.NotAccessed;

    public int Window { get; private set; }

    public long NrSamples { get; private set; }

    public int NrSweeps { get; private set; }

    public bool IsSwept { get; private set; }

    public ReadOnlySpan<AddressRange> TakenYoung => default;

    public bool TryReadMappings(List<AddressRange> ranges)
    {
        ranges.Clear();
        ranges.Add(new AddressRange(Populated[0].Start, Populated[^1].End));
        return true;
    }

    public bool TryReadPopulated(List<AddressRange> ranges)
    {
        ranges.Clear();
        ranges.AddRange(Populated);
        return true;
    }

    public bool Sweep()
    {
        NrSweeps++;
        return IsSwept = true;
    }

    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        Window++;
        NrSamples += addresses.Length;
        for (int i = 1; i < addresses.Length; i++)
        {
            Assert.True(addresses[i] >= addresses[i - 1], "samples ascend");
        }
    }

    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        for (int i = 0; i < addresses.Length; i++)
        {
            states[i] = StateOf(addresses[i] / Run.Page);
        }

        IsSwept = false;
    }

    /// <summary>Pages are young when the script says so for the current window.</summary>
    public void TakeYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        for (int i = 0; i < addresses.Length; i++)
        {
            ulong page = addresses[i] / Run.Page;
            bool accessed = isAccessed(page, Window);
            states[i] = KindOf(page) == AccessState.AwaitsSweep
                ? accessed ? AccessState.SweptAccessed : AccessState.SweptNotAccessed
                : accessed ? AccessState.Accessed : AccessState.NotAccessed;
        }
    }

    public void Dispose()
    {
    }

    private AccessState StateOf(ulong page)
    {
        if (!Holds(page))
        {
            return AccessState.NotPresent;
        }

        AccessState kind = KindOf(page);
        bool accessed = isAccessed(page, Window);
        return kind switch
        {
            AccessState.NotAccessed => accessed ? AccessState.Accessed : AccessState.NotAccessed,
            AccessState.AwaitsSweep when IsSwept => accessed ? AccessState.SweptAccessed : AccessState.SweptNotAccessed,
            _ => kind,
        };
    }

    private bool Holds(ulong page)
    {
        ulong address = page * Run.Page;
        foreach (AddressRange range in Populated)
        {
            if (address >= range.Start && address < range.End)
            {
                return true;
            }
        }

        return false;
    }
}
