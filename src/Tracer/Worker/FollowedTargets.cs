using Damon.Trace.Events;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Who of those that match a selection is a target now. Each look lets go of those that have exited or match no longer, and opens those that have
/// come; at most <see cref="TargetSelection.MaxTargets"/> at one time. One thread at a time.
/// </summary>
/// <typeparam name="T">How a target is watched.</typeparam>
internal sealed class FollowedTargets<T>
    where T : class, IWatchedTarget
{
    private const int MaxRefused = 4096;

    private readonly TargetSelector _selector;
    private readonly TargetSelection _selection;
    private readonly Func<TargetProcess, T> _open;
    private readonly Action<TargetChange> _changed;
    private readonly List<Followed> _targets;
    private readonly Dictionary<int, ulong> _refused = [];
    private long _nrCame;
    private long _nrGone;
    private bool _isTooManySaid;

    /// <param name="selector">After its first selection.</param>
    /// <param name="selection">What it selects by.</param>
    /// <param name="targets">Those of the first selection.</param>
    /// <param name="open">Opens one more; what it throws leaves the process the caller's.</param>
    /// <param name="changed">Told of every change.</param>
    internal FollowedTargets(
        TargetSelector selector, TargetSelection selection, IReadOnlyList<T> targets, Func<TargetProcess, T> open, Action<TargetChange> changed)
    {
        _selector = selector;
        _selection = selection;
        _targets = [.. targets.Select(static target => new Followed(target))];
        _open = open;
        _changed = changed;
    }

    /// <summary>Targets of now.</summary>
    internal IReadOnlyList<T> Targets => [.. _targets.Select(static target => target.Watched)];

    /// <summary>For the labels of the stream.</summary>
    internal string Remarks => RecordingLabels.Followed(_selection.ToString(), _targets.Count, _nrCame, _nrGone);

    /// <summary>Looks who has gone and who has come.</summary>
    /// <param name="add">Takes one that has come, from then on its own.</param>
    /// <param name="remove">Lets go of one that lives and matches no longer. Whoever watches them finds out by himself who has exited.</param>
    /// <returns>Whether anything has changed.</returns>
    internal bool Look(Action<T> add, Action<T> remove) => LetGo() | Take(add, remove);

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

    private bool Take(Action<T> add, Action<T> remove)
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
                remove(target.Watched);
                isChanged = true;
            }
        }

        int[] others = [.. wanted.Order()];
        SayWhoIsTooMany(others);
        foreach (int pid in others)
        {
            if (_targets.Count < _selection.MaxTargets && TryOpen(pid) is { } target)
            {
                var followed = new Followed(target);
                _targets.Add(followed);
                _nrCame++;
                Tell(TargetChangeKind.Came, followed);
                add(target);
                isChanged = true;
            }
        }

        return isChanged;
    }

    /// <summary>Once, for all that match and cannot be targets because there are so many.</summary>
    private void SayWhoIsTooMany(int[] others)
    {
        int tooMany = others.Length - (_selection.MaxTargets - _targets.Count);
        if (tooMany > 0 && !_isTooManySaid && ProcessEntry.TryRead(others[^1], out ProcessEntry entry))
        {
            _isTooManySaid = true;
            string which = tooMany == 1 ? "it matches" : $"it and {tooMany - 1} others match";
            _changed(new TargetChange(
                TargetChangeKind.Refused, others[^1], entry.Comm, _targets.Count, $"{which}, and no more than {_selection.MaxTargets} processes can be targets"));
        }
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
    private T? TryOpen(int pid)
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

    /// <summary>A target, which whoever watches it lets go of as soon as it has exited: what is asked of it later must be known before.</summary>
    private sealed class Followed(T watched)
    {
        internal T Watched => watched;

        internal int Pid { get; } = watched.Process.Pid;

        /// <summary>The name at the latest look, which exec changes.</summary>
        internal string Comm { get; private set; } = watched.Process.Comm;

        internal bool HasExited
        {
            get
            {
                try
                {
                    Comm = watched.Process.Comm;
                    return watched.Process.HasExited;
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            }
        }
    }
}
