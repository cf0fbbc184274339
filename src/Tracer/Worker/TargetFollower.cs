using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Looks who matches a selection while it is monitored: what comes is opened and handed to the kdamond, what no longer matches is taken from it.
/// A thread of its own, once a second, or as rarely as half a per cent of a CPU takes; a process that lives for less than that is never a target.
/// </summary>
internal sealed class TargetFollower : IDisposable
{
    private const double LargestShare = 0.005;
    private const int MaxRefused = 4096;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly TargetSelector _selector;
    private readonly TargetSelection _selection;
    private readonly Func<TargetProcess, MonitoredTarget> _open;
    private readonly Kdamond _kdamond;
    private readonly Action<TargetChange> _changed;
    private readonly List<Followed> _targets;
    private readonly Dictionary<int, ulong> _refused = [];
    private readonly ManualResetEvent _stopping = new(false);
    private readonly Thread _thread;
    private long _nrCame;
    private long _nrGone;

    /// <param name="selector">After its first selection.</param>
    /// <param name="selection">What it selects by.</param>
    /// <param name="targets">Those of the first selection.</param>
    /// <param name="open">Opens one more.</param>
    /// <param name="kdamond">Owns the targets.</param>
    /// <param name="changed">Told of every change, on the follower's thread.</param>
    internal TargetFollower(
        TargetSelector selector, TargetSelection selection, IReadOnlyList<MonitoredTarget> targets,
        Func<TargetProcess, MonitoredTarget> open, Kdamond kdamond, Action<TargetChange> changed)
    {
        _selector = selector;
        _selection = selection;
        _targets = [.. targets.Select(static target => new Followed(target))];
        _open = open;
        _kdamond = kdamond;
        _changed = changed;
        _thread = new Thread(FollowUntilStopped) { Name = "targets", IsBackground = true };
    }

    /// <summary>Targets of now.</summary>
    internal IReadOnlyList<MonitoredTarget> Targets { get; private set; } = [];

    internal void Start()
    {
        Publish();
        _thread.Start();
    }

    public void Dispose()
    {
        _stopping.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _stopping.Dispose();
    }

    private void FollowUntilStopped()
    {
        TimeSpan wait = s_period;
        long beforeNs = 0;
        while (!_stopping.WaitOne(wait))
        {
            long beganNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
            bool isChanged = LetGo();
            isChanged |= Take();
            if (isChanged)
            {
                Publish();
            }

            long spentNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - beganNs;

            // The first look compiles what it calls, and one that opens targets is dearer than those that follow: two in a row must be dear.
            wait = TimeSpan.FromMilliseconds(Math.Max(s_period.TotalMilliseconds, Math.Min(spentNs, beforeNs) / 1e6 / LargestShare));
            beforeNs = spentNs;
        }
    }

    /// <summary>Those that have exited: the kdamond finds that out by itself.</summary>
    private bool LetGo()
    {
        int before = _targets.Count;
        for (int i = _targets.Count - 1; i >= 0; i--)
        {
            Followed target = _targets[i];
            if (target.HasExited)
            {
                _targets.RemoveAt(i);
                _nrGone++;
                Tell(TargetChangeKind.Exited, target);
            }
        }

        return _targets.Count != before;
    }

    private bool Take()
    {
        HashSet<int> wanted = Select();
        bool isChanged = false;
        for (int i = _targets.Count - 1; i >= 0; i--)
        {
            Followed target = _targets[i];
            if (!wanted.Remove(target.Pid))
            {
                _targets.RemoveAt(i);
                _nrGone++;
                Tell(target.HasExited ? TargetChangeKind.Exited : TargetChangeKind.Left, target);
                _kdamond.Remove(target.Monitored);
                isChanged = true;
            }
        }

        foreach (int pid in wanted.Order())
        {
            if (_targets.Count < _selection.MaxTargets && TryOpen(pid) is { } target)
            {
                var followed = new Followed(target);
                _targets.Add(followed);
                _nrCame++;
                Tell(TargetChangeKind.Came, followed);
                _kdamond.Add(target);
                isChanged = true;
            }
        }

        return isChanged;
    }

    private HashSet<int> Select()
    {
        try
        {
            return [.. _selector.Select()];
        }
        catch (Exception error) when (error is DamonTraceException or IOException or UnauthorizedAccessException)
        {
            // /proc or a user's entry could not be read just now: nobody is sent away for that.
            return [.. _targets.Select(static target => target.Pid)];
        }
    }

    /// <summary>What is not ours to watch, or ends meanwhile, is not asked again.</summary>
    private MonitoredTarget? TryOpen(int pid)
    {
        if (!ProcessEntry.TryRead(pid, out ProcessEntry entry) || (_refused.TryGetValue(pid, out ulong startTime) && startTime == entry.StartTimeTicks))
        {
            return null;
        }

        try
        {
            var process = TargetProcess.Open(pid);
            try
            {
                return _open(process);
            }
            catch
            {
                process.Dispose();
                throw;
            }
        }
        catch (DamonTraceException refusal)
        {
            if (_refused.Count >= MaxRefused)
            {
                _refused.Clear();
            }

            _refused[pid] = entry.StartTimeTicks;
            _changed(new TargetChange(TargetChangeKind.Refused, pid, entry.Comm, _targets.Count, refusal.Message));
            return null;
        }
    }

    private void Tell(TargetChangeKind kind, Followed target) => _changed(new TargetChange(kind, target.Pid, target.Comm, _targets.Count, ""));

    /// <summary>In the stream every target says how many there are and were: a target whose snapshots end has gone.</summary>
    private void Publish()
    {
        Targets = [.. _targets.Select(static target => target.Monitored)];
        string remarks = RecordingLabels.Followed(_selection.ToString(), _targets.Count, _nrCame, _nrGone);
        foreach (Followed target in _targets)
        {
            target.Monitored.FollowRemarks = remarks;
        }
    }

    /// <summary>A target, which the kdamond lets go of as soon as it has exited: what is asked of it later must be known before.</summary>
    private sealed class Followed(MonitoredTarget monitored)
    {
        internal MonitoredTarget Monitored => monitored;

        internal int Pid { get; } = monitored.Process.Pid;

        /// <summary>The name at the latest look, which exec changes.</summary>
        internal string Comm { get; private set; } = monitored.Process.Comm;

        internal bool HasExited
        {
            get
            {
                try
                {
                    Comm = monitored.Process.Comm;
                    return monitored.Process.HasExited;
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            }
        }
    }
}
