using Damon.Trace.Tracer.AccessChecks.Simulated;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.Simulated;

/// <summary>Followed pages and the kinds of memory, in virtual time.</summary>
public sealed class SimulatedYoungPagesTests
{
    private const long Millisecond = 1_000_000;

    private long _nowNs;

    [Fact]
    public void A_followed_page_tells_of_accesses_since_the_latest_look()
    {
        SimulatedAccessCheck check = Create(new SimulatedAccess(new AddressRange(0x10000, 0x11000)) { PeriodNs = 100 * Millisecond });

        AccessState[] seen = [.. Enumerable.Range(0, 8).Select(_ => Look(check, 40 * Millisecond, 0x10000, 0x11000)[0])];

        // Accesses at 0, 100, 200 and 300 ms; looks end at 40, 80, 120, ... 320 ms.
        Assert.Equal([0, 2, 5, 7], Enumerable.Range(0, 8).Where(look => seen[look] == AccessState.Accessed));
        Assert.Equal(AccessState.NotAccessed, Look(check, Millisecond, 0x10000, 0x11000)[1]);
    }

    [Fact]
    public void Sampling_takes_what_it_made_old_and_says_so()
    {
        SimulatedAccessCheck check = Create(new SimulatedAccess(new AddressRange(0x10000, 0x12000)) { PeriodNs = 100 * Millisecond });
        _ = Look(check, Millisecond, 0x10000, 0x11000);
        _nowNs = 150 * Millisecond;

        check.MakeOld([0x11008, 0x12000]);

        Assert.Equal([new AddressRange(0x11000, 0x12000)], check.TakenYoung.ToArray());
        Assert.Equal([AccessState.Accessed, AccessState.NotAccessed], Look(check, Millisecond, 0x10000, 0x11000));
        check.MakeOld([0x11008]);
        Assert.True(check.TakenYoung.IsEmpty);
    }

    [Fact]
    public void Swept_memory_is_known_in_windows_opened_by_a_sweep()
    {
        SimulatedAccessCheck check = Create(new SimulatedAccess(new AddressRange(0x10000, 0x11000)));
        check.SweptRanges.Add(new AddressRange(0x10000, 0x12000));
        check.UnclearableRanges.Add(new AddressRange(0x12000, 0x13000));
        ulong[] addresses = [0x1000, 0x10000, 0x11000, 0x12000, 0x13000];

        Assert.Equal(
            [AccessState.NotPresent, AccessState.AwaitsSweep, AccessState.AwaitsSweep, AccessState.Unclearable, AccessState.NotAccessed],
            Window(check, addresses));
        Assert.True(check.NeedsSweep);
        Assert.Equal(AccessState.AwaitsSweep, Look(check, 0, 0x10000)[0]);
        Assert.True(check.Sweep());
        Assert.Equal(
            [
                AccessState.NotPresent, AccessState.SweptAccessed, AccessState.SweptNotAccessed, AccessState.Unclearable,
                AccessState.NotAccessed,
            ],
            Window(check, addresses));
        Assert.Equal([AccessState.SweptAccessed, AccessState.SweptNotAccessed], Look(check, 0, 0x10000, 0x11000));
        Assert.Equal(AccessState.AwaitsSweep, Window(check, addresses)[1]);
    }

    [Fact]
    public void Memory_is_where_it_is_populated()
    {
        var space = new SimulatedAddressSpace(() => _nowNs, new AddressRange(0x10000, 0x20000), new AddressRange(0x30000, 0x40000));
        var ranges = new List<AddressRange>();
        Assert.False(space.TryReadPopulated(ranges));
        space.SetPopulated(0, new AddressRange(0x12000, 0x32000), new AddressRange(0x38000, 0x39000));
        var check = new SimulatedAccessCheck(
            space, () => _nowNs, new SeededRandom(1), new SimulatedAccess(new AddressRange(0x10000, 0x40000)));

        Assert.True(space.TryReadPopulated(ranges));

        Assert.Equal([new(0x12000, 0x20000), new(0x30000, 0x32000), new AddressRange(0x38000, 0x39000)], ranges);
        Assert.Equal(
            [AccessState.NotPresent, AccessState.Accessed, AccessState.NotPresent, AccessState.Accessed],
            Window(check, 0x11000, 0x12000, 0x25000, 0x38000));
    }

    private SimulatedAccessCheck Create(params SimulatedAccess[] script)
    {
        _nowNs = 0;
        var space = new SimulatedAddressSpace(() => _nowNs, new AddressRange(0x10000, 0x20000));
        return new SimulatedAccessCheck(space, () => _nowNs, new SeededRandom(42), script);
    }

    private AccessState[] Look(SimulatedAccessCheck check, long afterNs, params ulong[] addresses)
    {
        _nowNs += afterNs;
        var states = new AccessState[addresses.Length];
        check.TakeYoung(addresses, states);
        return states;
    }

    private AccessState[] Window(SimulatedAccessCheck check, params ulong[] addresses)
    {
        var states = new AccessState[addresses.Length];
        check.MakeOld(addresses);
        _nowNs += 5 * Millisecond;
        check.ReadYoung(addresses, states);
        return states;
    }
}
