using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Reads what memory the targets hold, once per second or as rarely as a small budget takes, on a thread of its own: reading the proportional size of a large process takes tens
/// of milliseconds, which would make checks late. What was read waits in a <see cref="TargetFootprint"/> until the kdamond emits it.
/// Allocates nothing in its loop.
/// </summary>
internal sealed class FootprintThread : IDisposable
{
    private const double LargestPssShare = 0.005;

    // Of a CPU budget a fiftieth is enough for the one number that costs something.
    private const double PssShareOfBudget = 0.02;

    private readonly TimeSpan _period;
    private readonly Lock _changing = new();
    private readonly TimeAllowance _pssAllowance;
    private readonly Thread _thread;
    private readonly ManualResetEvent _stopping = new(false);
    private volatile TargetFootprint[] _targets = [];
    private int _turn;

    /// <param name="cpuBudget">Share of one CPU the whole recorder may use, or null.</param>
    internal FootprintThread(double? cpuBudget)
    {
        _pssAllowance = new TimeAllowance(Math.Min(LargestPssShare, cpuBudget * PssShareOfBudget ?? LargestPssShare));
        _period = HeartbeatThread.PeriodWithin(cpuBudget);
        _thread = new Thread(ReadUntilStopped) { Name = "footprint", IsBackground = true };
    }

    internal void Start() => _thread.Start();

    /// <summary>Reads one more target from now on, until it exits; null when it already has.</summary>
    internal TargetFootprint? Add(ulong targetId, TargetProcess process)
    {
        if (process.Proc.Reopen() is not ProcDirectory proc)
        {
            return null;
        }

        var target = new TargetFootprint(targetId, proc);
        lock (_changing)
        {
            _targets = [.. _targets, target];
        }

        return target;
    }

    /// <summary>Reads a target no more, if it still does.</summary>
    internal void Remove(ulong targetId)
    {
        if (Array.Find(_targets, target => target.TargetId == targetId) is { } gone)
        {
            gone.IsLetGo = true;
        }
    }

    public void Dispose()
    {
        _stopping.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        Array.ForEach(_targets, target => target.Proc.Dispose());
        _stopping.Dispose();
    }

    private void ReadUntilStopped()
    {
        long beforeNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        do
        {
            long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
            _pssAllowance.Earn(nowNs - beforeNs);
            beforeNs = nowNs;
            ReadAll();
        }
        while (!_stopping.WaitOne(_period));
    }

    private void ReadAll()
    {
        TargetFootprint[] targets = _targets;
        _turn++;
        for (int i = 0; i < targets.Length; i++)
        {
            // Another target is the first each time, so that they take turns when not every proportional size can be afforded.
            TargetFootprint target = targets[(int)((uint)(_turn + i) % (uint)targets.Length)];
            if (target.IsLetGo || !TryRead(target))
            {
                Remove(target);
            }
        }
    }

    private bool TryRead(TargetFootprint target)
    {
        var footprint = new Footprint { TargetId = target.TargetId, PssBytes = Footprint.Unknown };
        if (!ProcFootprint.TryRead(target.Proc, ref footprint))
        {
            return false;
        }

        if (_pssAllowance.Allows)
        {
            footprint.PssBytes = ProcFootprint.ReadPss(target.Proc);
            _pssAllowance.Spend(Time.GetNs(Time.CLOCK_MONOTONIC) - (long)footprint.TimeNs);
        }

        target.Put(footprint);
        return true;
    }

    private void Remove(TargetFootprint exited)
    {
        lock (_changing)
        {
            _targets = Array.FindAll(_targets, target => target != exited);
        }

        exited.Proc.Dispose();
    }
}
