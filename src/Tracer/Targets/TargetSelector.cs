using System.Globalization;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// Looks up who matches a <see cref="TargetSelection"/>, again and again. Remembers who was a target, so that the orphans of one stay its
/// descendants, and what a process was that has to be found again after its restart. One thread at a time.
/// </summary>
public sealed class TargetSelector
{
    private readonly TargetSelection _selection;
    private readonly Dictionary<int, ulong> _descendants = [];
    private readonly List<WantedProcess> _wanted = [];
    private readonly HashSet<int> _excluded = [Environment.ProcessId];
    private TargetUnavailableException? _missing;

    /// <summary>Prepares to look; nothing is looked up yet.</summary>
    public TargetSelector(TargetSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        _selection = selection;
    }

    /// <summary>Who matches now, for the first time: ids in ascending order, at least one.</summary>
    /// <exception cref="TargetUnavailableException">Nobody matches, or what was named does not exist.</exception>
    public IReadOnlyList<int> SelectFirst()
    {
        foreach (int pid in _selection.Pids)
        {
            _wanted.Add(WantedProcess.Of(pid));
        }

        List<int> found = Select(isFirst: true);
        return found.Count > 0
            ? found
            : throw _missing ?? new TargetUnavailableException($"no process matches {_selection}", "ps -eo pid,user,comm,cgroup lists what there is");
    }

    /// <summary>Who matches now: ids in ascending order, maybe none.</summary>
    public IReadOnlyList<int> Select() => Select(isFirst: false);

    private List<int> Select(bool isFirst)
    {
        bool needsTable = isFirst || _selection.Children || _selection.Names.Count + _selection.Users.Count > 0 || _wanted.Exists(static one => one.HasGone);
        ProcessTable? table = needsTable ? ProcessTable.Read() : null;
        SortedSet<int> found = [];
        foreach (WantedProcess wanted in _wanted)
        {
            if (wanted.Find(_selection.FollowRestarts ? table : null) is int pid)
            {
                found.Add(pid);
            }
        }

        AddFromControlGroups(found, isFirst);
        AddFromFiles(found, isFirst);
        if (table is not null)
        {
            AddMatching(found, table);
            AddDescendants(found, table);
        }

        return [.. found];
    }

    private void AddFromControlGroups(SortedSet<int> found, bool isFirst)
    {
        if (_selection.ControlGroups.Count + _selection.Units.Count == 0)
        {
            return;
        }

        var groups = ControlGroups.Read();
        IEnumerable<Func<string>> folders = _selection.ControlGroups.Select(path => (Func<string>)(() => groups.FolderOf(path)))
            .Concat(_selection.Units.Select(unit => (Func<string>)(() => groups.FolderOfUnit(unit))));
        foreach (Func<string> folder in folders)
        {
            try
            {
                found.UnionWith(ControlGroups.ProcessesIn(folder()).Where(IsTarget));
            }
            catch (TargetUnavailableException problem) when (!isFirst || _selection.FollowRestarts)
            {
                // Its service is stopped: the group comes back with it.
                _missing ??= problem;
            }
        }
    }

    private void AddFromFiles(SortedSet<int> found, bool isFirst)
    {
        foreach (string path in _selection.PidFiles)
        {
            try
            {
                foreach (string word in File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                {
                    if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0)
                    {
                        if (IsTarget(pid))
                        {
                            found.Add(pid);
                        }
                    }
                    else if (isFirst)
                    {
                        throw new TargetUnavailableException(
                            $"'{SafeText.FromUtf8(System.Text.Encoding.UTF8.GetBytes(word[..Math.Min(40, word.Length)]))}' in {path} is not a process id",
                            "a pid file holds numbers separated by white space");
                    }
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                if (isFirst && !_selection.FollowRestarts)
                {
                    throw new TargetUnavailableException($"the pid file {path} cannot be read: {error.Message}", "name a file with the id of a process");
                }
            }
        }
    }

    private void AddMatching(SortedSet<int> found, ProcessTable table)
    {
        HashSet<uint> users = [];
        foreach (string user in _selection.Users)
        {
            users.Add(Users.IdOf(user) ?? throw new TargetUnavailableException($"there is no user '{user}'", "getent passwd lists the users"));
        }

        if (users.Count == 0 && _selection.Names.Count == 0)
        {
            return;
        }

        foreach (ProcessEntry entry in table.Entries)
        {
            if (IsTarget(entry.Pid) && (IsNamed(entry) || (users.Count > 0 && entry.EffectiveUid is uint uid && users.Contains(uid))))
            {
                found.Add(entry.Pid);
            }
        }
    }

    private bool IsNamed(in ProcessEntry entry)
    {
        foreach (string name in _selection.Names)
        {
            if (name == entry.Comm || (name.Length > 15 && entry.Program is { } program && Path.GetFileName(program) == name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whose parent is a target, or was one when it was seen first.</summary>
    private void AddDescendants(SortedSet<int> found, ProcessTable table)
    {
        if (!_selection.Children)
        {
            return;
        }

        foreach ((int pid, ulong startTime) in _descendants.ToArray())
        {
            if (table.TryFind(pid, out ProcessEntry known) && known.StartTimeTicks == startTime)
            {
                found.Add(pid);
            }
            else
            {
                _descendants.Remove(pid);
            }
        }

        ILookup<int, ProcessEntry> children = table.Entries.ToLookup(static entry => entry.ParentPid);
        var open = new Stack<int>(found);
        while (open.TryPop(out int parent))
        {
            foreach (ProcessEntry child in children[parent])
            {
                if (IsTarget(child.Pid) && found.Add(child.Pid))
                {
                    _descendants[child.Pid] = child.StartTimeTicks;
                    open.Push(child.Pid);
                }
            }
        }
    }

    private bool IsTarget(int pid) => !_excluded.Contains(pid);

    /// <summary>A process that was named by its id.</summary>
    private sealed class WantedProcess
    {
        private readonly string? _program;
        private readonly byte[] _arguments;
        private ProcessEntry _entry;
        private double _aliveSeconds;

        private WantedProcess(ProcessEntry entry)
        {
            _entry = entry;
            _program = entry.Program;
            _arguments = entry.Arguments;
        }

        /// <summary>It has ended.</summary>
        internal bool HasGone
        {
            get
            {
                bool isAlive = ProcessEntry.TryRead(_entry.Pid, out ProcessEntry now) && now.StartTimeTicks == _entry.StartTimeTicks;
                _aliveSeconds = isAlive ? Uptime() : _aliveSeconds;
                return !isAlive;
            }
        }

        /// <exception cref="TargetUnavailableException">There is no such process.</exception>
        internal static WantedProcess Of(int pid)
        {
            if (ProcessEntry.TryRead(pid, out ProcessEntry entry))
            {
                return new WantedProcess(entry);
            }

            // Whatever it is instead, opening it says so best.
            TargetProcess.Open(pid).Dispose();
            throw Refusal.NoSuchProcess(pid);
        }

        /// <summary>Its id, or that of the youngest one that does the same since it has ended.</summary>
        internal int? Find(ProcessTable? table)
        {
            if (!HasGone)
            {
                return _entry.Pid;
            }

            if (table is null || _program is null)
            {
                return null;
            }

            ProcessEntry[] again = [.. table.Entries.Where(IsTheSameAgain).OrderByDescending(static entry => entry.StartTimeTicks).Take(1)];
            if (again.Length > 0)
            {
                _entry = again[0];
                return _entry.Pid;
            }

            return null;
        }

        /// <summary>One that was there while this one still lived is a sibling.</summary>
        private bool IsTheSameAgain(ProcessEntry entry) => entry.StartTimeTicks >= (ulong)(_aliveSeconds * Unistd.ClockTicksPerSecond)
            && entry.Pid != _entry.Pid && entry.Program == _program && entry.Arguments.AsSpan().SequenceEqual(_arguments);

        /// <summary>Seconds since boot, to the hundredth; start times of processes count from there.</summary>
        private static double Uptime() =>
            double.Parse(File.ReadAllText("/proc/uptime").AsSpan().TrimEnd().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
