namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// How it is known whether pages of one target were accessed: the seam between the algorithm and the system.
/// Called by one thread only, the kdamond; both calls are batched over all regions of the target and must not allocate.
/// A target or a page that has vanished is <see cref="AccessState.NotPresent"/>, never an exception.
/// </summary>
public interface IAccessCheck : IDisposable
{
    /// <summary>What the smallest thing is that this check can tell apart.</summary>
    AccessGranularity Granularity { get; }

    /// <summary>
    /// What must be known to read the numbers, as <c>key=value</c> words: reads and writes or writes only, granularity, whether TLBs are
    /// flushed. May change while running (another way of clearing was chosen); the same instance as long as it does not.
    /// </summary>
    string Labels { get; }

    /// <summary>
    /// CPU time so far, in nanoseconds, that <see cref="MakeOld"/> has spent on making a large target old for the first time: it ends, so it is not
    /// what a check costs.
    /// </summary>
    long StartCpuNs => 0;

    /// <summary>Pages have been met lately that only <see cref="Sweep"/> makes old.</summary>
    bool NeedsSweep => false;

    /// <summary>
    /// Makes the pages old that only this does (shared, locked and forked memory), all at once and with a flush of the target's TLB:
    /// <see cref="IYoungPages.TakeYoung"/> tells then which of them were accessed since. Other memory may be made old with them, so pages that are followed
    /// must be looked at before. The mmap lock of the target is held meanwhile, 4 to 35 ms per GB: whoever calls decides how often that may be.
    /// </summary>
    /// <returns>False when this check has no sweep, or the target refuses it.</returns>
    bool Sweep() => false;

    /// <summary>Makes the page of every address old, so that a later <see cref="ReadYoung(ReadOnlySpan{ulong}, Span{AccessState})"/> tells whether it was accessed since.</summary>
    /// <param name="addresses">Virtual addresses, ascending; not page aligned, and several may lie in one page.</param>
    void MakeOld(ReadOnlySpan<ulong> addresses);

    /// <summary>Tells for each address of the latest <see cref="MakeOld"/> whether its page was accessed since then.</summary>
    /// <param name="addresses">The same addresses in the same order.</param>
    /// <param name="states">Receives one state per address; same length.</param>
    void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states);

    /// <summary>
    /// The same with the regions the addresses were chosen from. A check that does not look at pages but is told of accesses wherever they
    /// are counts one anywhere in the region; all others ask for the address alone.
    /// </summary>
    /// <param name="regions">One per address, ascending and disjoint.</param>
    /// <param name="addresses">As in the other <see cref="ReadYoung(ReadOnlySpan{ulong}, Span{AccessState})"/>.</param>
    /// <param name="states">Receives one state per region.</param>
    void ReadYoung(ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<ulong> addresses, Span<AccessState> states) => ReadYoung(addresses, states);
}
