using Damon.Trace.Tracer.Monitoring;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Pages that are looked at every now and then: whether they were accessed since the latest look. Has a plan of its own, so that a window
/// that is open stays as it is.
/// </summary>
internal sealed class YoungPages(PageTableReader reader, ClearPlan plan, ColdPass pass, ColdClearer cold)
{
    private ulong[] _leaves = [];

    /// <summary>The latest look met pages that only a sweep makes old.</summary>
    internal bool MetSwept => plan.MetSwept;

    /// <summary>As of <see cref="IYoungPages.NrMadeOld"/>, by looks.</summary>
    internal long NrMadeOld => plan.NrMadeOld;

    /// <summary>Share of the pages of the latest look that are anonymous and that only a sweep makes old; null before the first.</summary>
    internal double? AnonymousShare { get; private set; }

    /// <summary>
    /// Reads all, then makes the accessed ones old until time is up; what does not fit is unprepared and stays young for the next look.
    /// Bounded by reading, 0.05 to 0.3 us a page, and by the TLB flush for each accessed one, 0.3 to 4.6 us. No allocations once the number
    /// of pages is steady.
    /// </summary>
    /// <param name="pagemap">The target's.</param>
    /// <param name="addresses">Ascending.</param>
    /// <param name="states">One per address.</param>
    /// <param name="describeOld">As in <see cref="ClearPlan.Build"/>.</param>
    /// <param name="swept">What the latest sweep covered: the bits of pages that only it makes old mean something.</param>
    /// <param name="deadlineNs">When clearing has to be done.</param>
    /// <returns>0, or -errno when the target refuses.</returns>
    internal int Take(
        SafeFileHandle pagemap, ReadOnlySpan<ulong> addresses, Span<AccessState> states, bool describeOld, SweepScope swept, long deadlineNs)
    {
        plan.EnsureCapacity(addresses.Length);
        if (_leaves.Length < addresses.Length)
        {
            _leaves = new ulong[addresses.Length];
        }

        if (reader.Walk(pagemap, addresses, _leaves) != 0)
        {
            states.Fill(AccessState.NotPresent);
            return 0;
        }

        plan.Build(pagemap, addresses, _leaves, describeOld);
        int result = pass.Run(plan, mayHop: false, deadlineNs);
        if (result < 0)
        {
            states.Fill(AccessState.Unprepared);
            return result;
        }

        plan.Conclude(addresses, cold, deadlineNs);
        int anonymous = 0;
        for (int i = 0; i < addresses.Length; i++)
        {
            anonymous += plan.States[i] == PreparedState.AwaitsFullSweep ? 1 : 0;
            states[i] = StateOf(new LeafEntry(_leaves[i]), plan.States[i], swept);
        }

        AnonymousShare = addresses.IsEmpty ? 0 : (double)anonymous / addresses.Length;

        return 0;
    }

    private static AccessState StateOf(LeafEntry leaf, PreparedState state, SweepScope swept) => state switch
    {
        _ when !leaf.IsMapped => AccessState.NotPresent,
        PreparedState.NotPresent => AccessState.NotPresent,
        PreparedState.Unclearable => AccessState.Unclearable,
        PreparedState.Unprepared => AccessState.Unprepared,
        PreparedState.AwaitsSweep when swept == SweepScope.None => AccessState.AwaitsSweep,
        PreparedState.AwaitsFullSweep when swept != SweepScope.All => AccessState.AwaitsSweep,

        // PG_young of a page that others map as well may be theirs.
        PreparedState.AwaitsSweep or PreparedState.AwaitsFullSweep => leaf.IsAccessed ? AccessState.SweptAccessed : AccessState.SweptNotAccessed,
        _ => leaf.IsYoung ? AccessState.Accessed : AccessState.NotAccessed,
    };
}
