using Damon.Trace.Tracer.AccessChecks.Simulated;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.Simulated;

public sealed class SimulatedAccessCheckTests
{
    private const long Millisecond = 1_000_000;

    private static readonly AddressRange s_range = new(0x10000, 0x20000);

    private long _nowNs;

    [Fact]
    public void A_range_swept_once_a_second_is_accessed_in_the_window_of_the_sweep_only()
    {
        SimulatedAccessCheck check = Create(new SimulatedAccess(s_range) { PeriodNs = 1000 * Millisecond });

        // 5 ms windows over 4 s hold 4 sweeps, at 0, 1, 2 and 3 s.
        int accessed = Enumerable.Range(0, 800).Count(_ => Window(check, 5 * Millisecond) == AccessState.Accessed);

        Assert.Equal(4, accessed);
    }

    [Fact]
    public void A_burst_is_accessed_in_every_window_it_overlaps()
    {
        SimulatedAccessCheck check = Create(new SimulatedAccess(s_range) { PeriodNs = 100 * Millisecond, BurstNs = 20 * Millisecond });

        // Of each 20 windows of 5 ms the first four.
        int accessed = Enumerable.Range(0, 200).Count(_ => Window(check, 5 * Millisecond) == AccessState.Accessed);

        Assert.Equal(10 * 4, accessed);
    }

    [Fact]
    public void A_probability_is_met_and_a_seed_repeats_it()
    {
        var access = new SimulatedAccess(s_range) { Probability = 0.25 };
        SimulatedAccessCheck check = Create(access);
        AccessState[] first = [.. Enumerable.Range(0, 4000).Select(_ => Window(check, Millisecond))];
        SimulatedAccessCheck again = Create(access);
        AccessState[] second = [.. Enumerable.Range(0, 4000).Select(_ => Window(again, Millisecond))];

        Assert.Equal(first, second);

        // 1000 expected, standard deviation 27.
        Assert.InRange(first.Count(state => state == AccessState.Accessed), 865, 1135);
    }

    [Fact]
    public void A_hot_range_may_move()
    {
        SimulatedAccessCheck check = Create(
            new SimulatedAccess(new AddressRange(0x10000, 0x14000)) { EndNs = 100 * Millisecond },
            new SimulatedAccess(new AddressRange(0x14000, 0x18000)) { BeginNs = 100 * Millisecond });

        Assert.Equal(AccessState.Accessed, Window(check, 50 * Millisecond, 0x12000));
        Assert.Equal(AccessState.NotAccessed, Window(check, 50 * Millisecond, 0x16000));
        Assert.Equal(AccessState.Accessed, Window(check, 50 * Millisecond, 0x16000));
        Assert.Equal(AccessState.NotAccessed, Window(check, 50 * Millisecond, 0x12000));
    }

    [Fact]
    public void Mappings_change_when_their_moment_comes()
    {
        var space = new SimulatedAddressSpace(() => _nowNs, s_range);
        space.SetMappings(10, new AddressRange(0x50000, 0x60000));
        var ranges = new List<AddressRange>();

        Assert.True(space.TryReadMappings(ranges));
        Assert.Equal([s_range], ranges);
        _nowNs = 10;
        Assert.True(space.TryReadMappings(ranges));
        Assert.Equal([new AddressRange(0x50000, 0x60000)], ranges);
        space.ExitNs = 11;
        _nowNs = 11;
        Assert.False(space.TryReadMappings(ranges));
    }

    private SimulatedAccessCheck Create(params SimulatedAccess[] script)
    {
        _nowNs = 0;
        return new SimulatedAccessCheck(new SimulatedAddressSpace(() => _nowNs, s_range), () => _nowNs, new SeededRandom(42), script);
    }

    private AccessState Window(SimulatedAccessCheck check, long lengthNs, ulong address = 0x10000)
    {
        AccessState[] states = [AccessState.NotAccessed];
        check.MakeOld([address]);
        _nowNs += lengthNs;
        check.ReadYoung([address], states);
        return states[0];
    }
}
