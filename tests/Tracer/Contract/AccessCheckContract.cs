using System.Diagnostics;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>
/// What every access check promises. A check joins with a class that derives from this one and creates a subject, or skips with the
/// reason why the check is not available here.
/// </summary>
[Trait("Category", KernelLab.Category)]
public abstract class AccessCheckContract
{
    // Windows in which the target did touch its memory; those in which it got no CPU do not count.
    private const int Windows = 40;
    private const double LeastShareSeen = 0.95;

    /// <summary>False for a check that knows of writes only: then reads must never count.</summary>
    protected virtual bool SeesReads => true;

    /// <summary>False for a check that is told of accesses and never looks at memory: it cannot tell that there is none.</summary>
    protected virtual bool SeesMemory => true;

    private AccessState Nothing => SeesMemory ? AccessState.NotPresent : AccessState.NotAccessed;

    /// <summary>
    /// Creates the check and a target that touches its hot memory in one way; skips when this machine does not have what it takes.
    /// </summary>
    protected abstract AccessCheckSubject CreateSubject(Touch touch);

    [Fact]
    public void Written_memory_is_accessed()
    {
        using AccessCheckSubject subject = CreateSubject(Touch.Write);

        AssertFound(subject, [subject.HotAddress], [AccessState.Accessed]);
    }

    [Fact]
    public void Memory_that_is_only_read_is_accessed_where_the_check_sees_reads_and_never_where_it_does_not()
    {
        using AccessCheckSubject subject = CreateSubject(Touch.Read);

        AssertFound(subject, [subject.HotAddress], [SeesReads ? AccessState.Accessed : AccessState.NotAccessed]);
    }

    [Fact]
    public void The_labels_say_which_accesses_count()
    {
        using AccessCheckSubject subject = CreateSubject();

        Assert.Contains(subject.Check.Labels.Split(' ')[0], new[] { SeesReads ? "accesses=rw" : "accesses=w", "accesses=simulated" });
    }

    [Fact]
    public void The_rest_of_a_touched_mapping_is_accessed_where_mappings_are_the_grain_and_idle_where_pages_are()
    {
        using AccessCheckSubject subject = CreateSubject();
        AccessState expected = subject.Check.Granularity == AccessGranularity.Mapping ? AccessState.Accessed : AccessState.NotAccessed;
        ulong[] addresses = [subject.HotAddress, subject.NeighbourAddress];

        AssertFound(subject, addresses, [AccessState.Accessed, expected]);
    }

    [Fact]
    public void Touched_memory_is_accessed()
    {
        using AccessCheckSubject subject = CreateSubject();

        AssertFound(subject, [subject.HotAddress], [AccessState.Accessed]);
    }

    [Fact]
    public void An_address_inside_a_page_stands_for_the_page()
    {
        using AccessCheckSubject subject = CreateSubject();

        AssertFound(subject, [subject.HotAddress + 4095], [AccessState.Accessed]);
    }

    [Fact]
    public void Memory_not_touched_since_it_was_made_old_is_not_accessed()
    {
        using AccessCheckSubject subject = CreateSubject();

        Assert.Equal([AccessState.NotAccessed], Pass(subject, subject.IdleAddress));
    }

    [Fact]
    public void Making_old_forgets_earlier_accesses()
    {
        using AccessCheckSubject subject = CreateSubject();
        AssertFound(subject, [subject.HotAddress], [AccessState.Accessed]);

        subject.Pause();
        Assert.Equal([AccessState.NotAccessed], Pass(subject, subject.HotAddress));

        subject.Resume();
        AssertFound(subject, [subject.HotAddress], [AccessState.Accessed]);
    }

    [Fact]
    public void Each_address_of_a_batch_gets_its_own_state()
    {
        using AccessCheckSubject subject = CreateSubject();
        ulong[] addresses = [.. subject.UnmappedAddresses, subject.HotAddress, subject.HotAddress + 4096, subject.IdleAddress];
        Array.Sort(addresses);
        AccessState[] expected = [.. addresses.Select(address =>
            address - subject.HotAddress <= 4096 ? AccessState.Accessed
            : subject.UnmappedAddresses.Contains(address) ? Nothing
            : AccessState.NotAccessed)];

        AssertFound(subject, addresses, expected);
    }

    [Fact]
    public void Nothing_is_present_at_unmapped_addresses()
    {
        using AccessCheckSubject subject = CreateSubject();

        Assert.All(Pass(subject, [.. subject.UnmappedAddresses]), state => Assert.Equal(Nothing, state));
    }

    [Fact]
    public void An_empty_batch_is_nothing()
    {
        using AccessCheckSubject subject = CreateSubject();

        Assert.Empty(Pass(subject));
    }

    [Fact]
    public void A_target_that_has_exited_is_not_present_and_no_error()
    {
        using AccessCheckSubject subject = CreateSubject();
        AssertFound(subject, [subject.HotAddress], [AccessState.Accessed]);
        ulong[] addresses = [.. new[] { subject.HotAddress, subject.IdleAddress }.Order()];

        subject.Check.MakeOld(addresses);
        subject.LetTimePass();
        subject.End();
        AccessState[] states = [AccessState.Accessed, AccessState.Accessed];
        subject.Check.ReadYoung(addresses, states);

        Assert.Equal([Nothing, Nothing], states);
        Assert.Equal([Nothing, Nothing], Pass(subject, addresses));
    }

    [Fact]
    public void Many_passes_allocate_nothing()
    {
        using AccessCheckSubject subject = CreateSubject();
        ulong[] addresses = [.. new[] { subject.HotAddress, subject.IdleAddress }.Concat(subject.UnmappedAddresses).Order()];
        var states = new AccessState[addresses.Length];
        Run(subject.Check, addresses, states, passes: 20);

        // What a path needs when it is taken for the first time is allocated once; garbage of every pass shows in every round.
        long least = long.MaxValue;
        for (int round = 0; round < 3 && least > 0; round++)
        {
            least = Math.Min(least, AllocatedByManyPasses(subject.Check, addresses, states));
        }

        Assert.Equal(0, least);
    }

    /// <summary>A thousand, or as many as a slow check on a busy machine gets done in two seconds.</summary>
    private static long AllocatedByManyPasses(IAccessCheck check, ulong[] addresses, AccessState[] states)
    {
        long start = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int block = 0; block < 100 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2); block++)
        {
            Run(check, addresses, states, passes: 10);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>A target that touches its hot memory in the least way the check must see.</summary>
    private AccessCheckSubject CreateSubject() => CreateSubject(SeesReads ? Touch.Read : Touch.Write);

    private static void Run(IAccessCheck check, ulong[] addresses, AccessState[] states, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            check.MakeOld(addresses);
            check.ReadYoung(addresses, states);
        }
    }

    /// <summary>
    /// Window after window finds the same. A window may be missed where its end meets the begin of a sweep, so nearly all have to; and states
    /// without an access are right in every one, or memory nobody touches would have been told accessed.
    /// </summary>
    private static void AssertFound(AccessCheckSubject subject, ulong[] addresses, AccessState[] expected)
    {
        int touched = 0;
        int seen = 0;
        for (int window = 0; window < 2 * Windows && touched < Windows; window++)
        {
            AccessState[] found = Pass(subject, out bool isTouched, addresses);
            if (isTouched)
            {
                touched++;
                seen += found.SequenceEqual(expected) ? 1 : 0;
                Assert.DoesNotContain(found.Zip(expected), pair => pair is { First: AccessState.Accessed, Second: not AccessState.Accessed });
            }
        }

        Assert.True(touched == Windows, $"the target touched its memory in {touched} of {2 * Windows} windows only");
        Assert.True(seen >= LeastShareSeen * touched, $"{seen} of {touched} windows were seen as they were: {string.Join(", ", expected)}");
    }

    /// <summary>One sampling window: make old, wait, read.</summary>
    private static AccessState[] Pass(AccessCheckSubject subject, params ulong[] addresses) => Pass(subject, out _, addresses);

    /// <summary>The same, and whether the target touched its hot memory in it.</summary>
    private static AccessState[] Pass(AccessCheckSubject subject, out bool isTouched, ulong[] addresses)
    {
        // What was in the array before must not shine through.
        var states = new AccessState[addresses.Length];
        Array.Fill(states, AccessState.Unprepared);
        subject.Check.MakeOld(addresses);
        isTouched = subject.LetTimePass();
        subject.Check.ReadYoung(addresses, states);
        return states;
    }
}
