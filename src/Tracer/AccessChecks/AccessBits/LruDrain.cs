using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Pages just faulted in wait in a list of up to 31 per CPU before they are on a reclaim list, and MADV_COLD drains the list of its own CPU
/// only and skips what is on no list. Two calls that have nothing to do with them make the kernel drain the lists of all CPUs first:
/// MADV_COLLAPSE (0.2 ms, and nothing is collapsed: the memory is empty) and, where that is refused, move_pages (0.8 ms).
/// </summary>
internal sealed unsafe class LruDrain : IDisposable
{
    private const int HugePageSize = 2 << 20;
    private const long PauseNs = 1_000_000_000;

    private ScratchMapping? _empty;
    private ScratchMapping? _page;
    private long _latestNs;

    /// <summary>Calls made so far.</summary>
    internal long Calls { get; private set; }

    /// <summary>Drains all lists, at most once a second; false when it was done just before. Allocates at the first call only.</summary>
    /// <param name="isDone">Whether what was waited for has happened; when not, the second way is tried.</param>
    internal bool TryDrain(Func<bool> isDone)
    {
        long now = Time.GetNs(Time.CLOCK_MONOTONIC);
        if (_latestNs != 0 && now - _latestNs < PauseNs)
        {
            return false;
        }

        _latestNs = now;
        Calls++;
        _empty ??= new ScratchMapping(2 * HugePageSize / Unistd.PageSize, smallPages: false);
        ulong aligned = (_empty.Address + HugePageSize - 1) / HugePageSize * HugePageSize;
        _ = SysMman.Advise((void*)aligned, HugePageSize, SysMman.MADV_COLLAPSE);
        if (!isDone())
        {
            _page ??= new ScratchMapping(1);
            _page[0] = 1;
            _ = SysMman.MovePage((void*)_page.Address);
            _ = isDone();
        }

        return true;
    }

    public void Dispose()
    {
        _empty?.Dispose();
        _page?.Dispose();
    }
}
