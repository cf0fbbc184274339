using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>
/// Tells while a recording runs what it does not see: that one of several targets has exited, and that a target has children, whose memory is
/// not its own. Looks once a second or as rarely as a small budget takes; each is said once, and children also in the recording.
/// </summary>
internal sealed class TargetWatch : IDisposable
{
    // Children are found by asking every process for its parent: half a per cent of a CPU if done each second where a hundred run.
    private const int LongestPause = 32;

    private readonly TimeSpan _period;
    private readonly IReadOnlyList<IWatchedTarget> _monitored;
    private readonly IReadOnlyList<TargetProcess> _targets;

    // Asked for while they live: the recorder lets go of a target when it has exited.
    private readonly Dictionary<int, string> _names;
    private readonly TextWriter _error;
    private readonly HashSet<int> _gone = [];
    private readonly HashSet<int> _parents = [];
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private readonly ManualResetEvent _stopping = new(false);
    private int _looks;
    private int _nextForChildren;

    /// <param name="targets">Whom it watches.</param>
    /// <param name="period">How often.</param>
    /// <param name="error">Where it tells.</param>
    internal TargetWatch(IReadOnlyList<IWatchedTarget> targets, TimeSpan period, TextWriter error)
    {
        _period = period;
        _monitored = targets;
        _targets = [.. targets.Select(target => target.Process)];
        _names = _targets.DistinctBy(target => target.Pid).ToDictionary(target => target.Pid, target => target.Comm);
        _error = error;

        // Not a timer: workers of the thread pool spin before they sleep.
        _thread = new Thread(LookUntilStopped) { Name = "target-watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Looks now; for the last time at the end of a recording.</summary>
    internal void Look()
    {
        lock (_lock)
        {
            TellGone();
            TellChildren();
        }
    }

    private void LookUntilStopped()
    {
        while (!_stopping.WaitOne(_period))
        {
            LookInPassing();
        }
    }

    /// <summary>What is done each time: children are looked for after 1, 2, 4, ... looks: most of them come early.</summary>
    private void LookInPassing()
    {
        lock (_lock)
        {
            TellGone();
            if (++_looks >= _nextForChildren)
            {
                _nextForChildren = _looks + Math.Min(_looks, LongestPause);
                TellChildren();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Set();
        _thread.Join();
        _stopping.Dispose();
    }

    private void TellGone()
    {
        foreach (TargetProcess target in _targets.Where(target => !_gone.Contains(target.Pid) && target.HasExited))
        {
            _gone.Add(target.Pid);
            int left = _targets.Count - _gone.Count;
            if (left > 0)
            {
                _error.WriteLine($"damon-trace: target {_names[target.Pid]} ({target.Pid}) has exited; {left} of {_targets.Count} are still recorded");
            }
        }
    }

    private void TellChildren()
    {
        int[] parents = [.. _targets.Select(target => target.Pid).Where(pid => !_parents.Contains(pid) && !_gone.Contains(pid))];
        if (parents.Length == 0)
        {
            return;
        }

        ILookup<int, (int Pid, string Name)> children = ChildrenOf(parents);
        foreach (int parent in parents)
        {
            (int Pid, string Name)[] unseen = [.. children[parent].Where(child => _targets.All(target => target.Pid != child.Pid))];
            if (unseen.Length > 0)
            {
                _parents.Add(parent);
                string names = string.Join(", ", unseen.Take(3).Select(child => $"{child.Name} ({child.Pid})"));
                string all = string.Join(',', unseen.Take(3).Select(child => child.Pid));
                foreach (IWatchedTarget target in _monitored.Where(target => target.Process.Pid == parent))
                {
                    target.Remarks = $"{target.Remarks} {RecordingLabels.ChildrenOf(parent, [.. unseen.Select(child => child.Pid)])}".TrimStart();
                }

                string more = unseen.Length > 3 ? $" and {unseen.Length - 3} more" : "";
                _error.WriteLine($"damon-trace: the memory of children is not recorded: {names}{more} of process {parent}; hint: record -p {parent},{all}");
            }
        }
    }

    private static ILookup<int, (int Pid, string Name)> ChildrenOf(int[] parents)
    {
        List<(int Parent, int Pid, string Name)> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int pid) && TryReadStat(folder, out int parent, out string name)
                && Array.IndexOf(parents, parent) >= 0)
            {
                found.Add((parent, pid, name));
            }
        }

        return found.ToLookup(child => child.Parent, child => (child.Pid, child.Name));
    }

    /// <summary>proc_pid_stat(5): pid (comm) state ppid ...; a comm may hold blanks and parentheses.</summary>
    private static bool TryReadStat(string folder, out int parent, out string name)
    {
        (parent, name) = (0, "");
        try
        {
            string stat = Encoding.UTF8.GetString(File.ReadAllBytes(folder + "/stat"));
            int begin = stat.IndexOf('(', StringComparison.Ordinal) + 1;
            int end = stat.LastIndexOf(')');
            string[] fields = stat[(end + 2)..].Split(' ');
            name = SafeText.FromUtf8(Encoding.UTF8.GetBytes(stat[begin..end]));
            return fields[0] is not ("Z" or "X") && int.TryParse(fields[1], out parent);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // It has exited since it was listed.
            return false;
        }
    }
}
