using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Makes a large target old bit by bit, so that the first sample of each page need not pay for it and nothing holds the target up for long:
/// MADV_COLD over all anonymous memory, 32 MB a call. Files are left out: a folio that reaches over the end of a mapping would be split.
/// </summary>
/// <remarks>What the target has just faulted in is on no reclaim list yet and MADV_COLD skips it: the lists are drained once, first.</remarks>
internal sealed class OldSlices(TargetFiles files, ColdClearer cold, LruDrain drain)
{
    // 0.2 to 0.4 ms of clearing.
    private const ulong PagesPerCall = 8192;

    private const ulong Excluded = PagemapScan.File | PagemapScan.ZeroPage;

    // The ends of user address spaces of 48, 47, 42 and 39 bits: the kernel takes only those that it has.
    private static readonly ulong[] s_ends = [(1UL << 48) - 65_536, (1UL << 47) - 65_536, (1UL << 42) - 65_536, (1UL << 39) - 65_536];

    private readonly PagemapScan.Range[] _found = new PagemapScan.Range[512];
    private readonly SysMman.IoVector[] _ranges = new SysMman.IoVector[512];
    private readonly ClearOutcome[] _outcomes = new ClearOutcome[512];
    private int _end;

    /// <summary>Everything below has been made old.</summary>
    internal ulong Next { get; private set; }

    internal bool IsDone { get; private set; }

    /// <summary>Goes on until time is up; at least one slice. Allocates at the first call only.</summary>
    internal void Step(long deadlineNs)
    {
        if (Next == 0)
        {
            _ = drain.TryDrain(static () => false);
        }

        do
        {
            IsDone = !TryStep();
        }
        while (!IsDone && Time.GetNs(Time.CLOCK_MONOTONIC) < deadlineNs);
    }

    private bool TryStep()
    {
        if (files.Pagemap is not { } pagemap)
        {
            return false;
        }

        int found = -Errno.EFAULT;
        ulong walkEnd = 0;
        while (_end < s_ends.Length && found == -Errno.EFAULT)
        {
            found = PagemapScan.FindPresent(
                (int)pagemap.DangerousGetHandle(), Next, s_ends[_end], Excluded, PagesPerCall, _found, out walkEnd);
            _end += found == -Errno.EFAULT ? 1 : 0;
        }

        if (found < 0)
        {
            return found == -Errno.EINTR;
        }

        ulong end = walkEnd < s_ends[_end] ? CutEnd(found, walkEnd) : walkEnd;
        int count = 0;
        for (; count < found && _found[count].Start < end; count++)
        {
            ulong length = Math.Min(_found[count].End, end) - _found[count].Start;
            _ranges[count] = new SysMman.IoVector { Base = _found[count].Start, Length = length };
        }

        _ = cold.Clear(_ranges.AsSpan(0, count), _outcomes, long.MaxValue);
        bool moves = end > Next;
        Next = end;
        return moves && end < s_ends[_end];
    }

    /// <summary>Where the kernel stopped in the middle of memory, the slice ends at a border that no large folio crosses.</summary>
    private ulong CutEnd(int found, ulong walkEnd)
    {
        const ulong Border = 2 << 20;
        ulong border = walkEnd / Border * Border;
        return found > 0 && _found[found - 1].End == walkEnd && border > Next ? border : walkEnd;
    }
}
