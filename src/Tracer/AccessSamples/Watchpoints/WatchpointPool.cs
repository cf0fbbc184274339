using System.Diagnostics.CodeAnalysis;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessSamples.Watchpoints;

/// <summary>
/// Watchpoints between two uses: disarmed, each still with a register of its thread. To open, map and close one takes 100 us of CPU time on a virtual
/// machine, to arm one for another byte and to disarm it 30. For one thread.
/// </summary>
/// <param name="withKernel">As of <see cref="Watchpoint.Arm"/>.</param>
internal sealed class WatchpointPool(bool withKernel) : IDisposable
{
    // Files and rings are limited, the latter for ordinary users by kernel.perf_event_mlock_kb.
    private const int MaxIdle = 128;

    private readonly Dictionary<int, Stack<Watchpoint>> _idle = [];
    private int _nrIdle;
    private bool _isOneUseOnly;

    /// <summary>Arms one; null and the errno when the system refuses.</summary>
    /// <param name="tid">The thread.</param>
    /// <param name="probability">With which it was drawn.</param>
    /// <param name="address">The byte.</param>
    /// <param name="maxHits">Accesses after which it disarms itself.</param>
    /// <param name="errno">0, or why not.</param>
    internal Watchpoint? Arm(int tid, double probability, ulong address, int maxHits, out int errno)
    {
        while (TryTake(tid, out Watchpoint? idle))
        {
            errno = -idle.ArmAgain(probability, address, maxHits);
            if (errno == 0)
            {
                return idle;
            }

            // Before Linux 4.17 each has to be opened anew.
            _isOneUseOnly |= errno is Errno.ENOTTY or Errno.EINVAL;
            idle.Dispose();
        }

        var opened = Watchpoint.Arm(tid, probability, address, maxHits, withKernel, out errno);
        if (opened is null && errno != Errno.ESRCH && _nrIdle > 0)
        {
            Dispose();
            opened = Watchpoint.Arm(tid, probability, address, maxHits, withKernel, out errno);
        }

        return opened;
    }

    /// <summary>Takes one back that was disarmed and read.</summary>
    internal void Return(Watchpoint watchpoint)
    {
        if (_isOneUseOnly || _nrIdle >= MaxIdle || !watchpoint.CanBeArmedAgain)
        {
            watchpoint.Dispose();
            return;
        }

        if (!_idle.TryGetValue(watchpoint.Tid, out Stack<Watchpoint>? ofThread))
        {
            _idle[watchpoint.Tid] = ofThread = new Stack<Watchpoint>();
        }

        ofThread.Push(watchpoint);
        _nrIdle++;
    }

    /// <summary>Closes those that were not used since: others may want the registers, and threads end.</summary>
    internal void CloseIdleSince(long monotonicNs)
    {
        foreach ((int tid, Stack<Watchpoint> ofThread) in _idle.ToArray())
        {
            Watchpoint[] used = [.. ofThread.Where(watchpoint => watchpoint.ArmedNs >= monotonicNs)];
            if (used.Length == ofThread.Count)
            {
                continue;
            }

            foreach (Watchpoint watchpoint in ofThread.Where(watchpoint => watchpoint.ArmedNs < monotonicNs))
            {
                watchpoint.Dispose();
                _nrIdle--;
            }

            _idle.Remove(tid);
            if (used.Length > 0)
            {
                _idle[tid] = new Stack<Watchpoint>(used.Reverse());
            }
        }
    }

    /// <summary>Closes all that are idle; it can be used again.</summary>
    public void Dispose() => CloseIdleSince(long.MaxValue);

    private bool TryTake(int tid, [NotNullWhen(true)] out Watchpoint? watchpoint)
    {
        watchpoint = null;
        if (!_idle.TryGetValue(tid, out Stack<Watchpoint>? ofThread) || !ofThread.TryPop(out watchpoint))
        {
            return false;
        }

        _nrIdle--;
        return true;
    }
}
