using System.Globalization;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tests.Kernel.Driving;

/// <summary>
/// A model of the kernel's side of DAMON's sysfs interface, in memory: counts create directories, commands start and stop a thread, and
/// what the kernel refuses is refused with its error number. Notes every write.
/// </summary>
internal sealed class ModelSysfs : IDamonSysfs
{
    private const string NrKdamonds = "nr_kdamonds";
    private const string Context = "0/contexts/0/";

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal) { [NrKdamonds] = "0" };
    private readonly Dictionary<string, ulong> _identities = [];
    private ulong _nextIdentity = 1000;

    /// <summary>The thread that state=on starts.</summary>
    internal int NextTid { get; set; } = 501;

    internal string AvailableOperations { get; set; } = "vaddr\nfvaddr\npaddr";

    /// <summary>Whether this kernel has auto-tuning.</summary>
    internal bool HasIntervalsGoal { get; init; } = true;

    /// <summary>The interface may be looked at, but not be read, as an ordinary user sees it.</summary>
    internal bool IsUnreadable { get; init; }

    internal List<string> Writes { get; } = [];

    internal bool IsOn { get; private set; }

    internal int Tid { get; private set; } = -1;

    /// <summary>What the kernel took over when it was switched on, or by the last commit.</summary>
    internal Dictionary<string, string> Committed { get; private set; } = [];

    internal string this[string path] => _files[path];

    /// <summary>Somebody else's doing: creates kdamonds, and switches the first one on.</summary>
    internal void CreateForeign(int count, bool on)
    {
        Create(count);
        if (on)
        {
            IsOn = true;
            Tid = 77;
        }
    }

    /// <summary>The thread ends by itself, as it does when its targets have exited.</summary>
    internal void End()
    {
        IsOn = false;
        Tid = -1;
    }

    /// <summary>Somebody else switches the same kdamond on again: another thread.</summary>
    internal void TakeOver()
    {
        IsOn = true;
        Tid = 9999;
    }

    public bool Exists(string path) => _files.ContainsKey(path);

    public string? Read(string path) => IsUnreadable ? null : path switch
    {
        "0/state" when _files.ContainsKey("0/contexts/nr_contexts") => IsOn ? "on" : "off",
        "0/pid" when _files.ContainsKey("0/contexts/nr_contexts") => Tid.ToString(CultureInfo.InvariantCulture),
        _ => _files.GetValueOrDefault(path),
    };

    public int Write(string path, string text)
    {
        Writes.Add($"{path}={text}");
        return path switch
        {
            NrKdamonds when IsOn => -Errno.EBUSY,
            NrKdamonds => Create(int.Parse(text, CultureInfo.InvariantCulture)),
            "0/state" => Command(text),
            _ when !_files.ContainsKey(path) => -Errno.ENOENT,
            _ => Store(path, text),
        };
    }

    public ulong Identity(string directory) => _identities.GetValueOrDefault(directory);

    private int Create(int count)
    {
        foreach (string path in _files.Keys.Where(path => path != NrKdamonds).ToArray())
        {
            _files.Remove(path);
        }

        _identities.Clear();
        _files[NrKdamonds] = count.ToString(CultureInfo.InvariantCulture);
        for (int i = 0; i < count; i++)
        {
            string kdamond = i.ToString(CultureInfo.InvariantCulture);
            _identities[kdamond] = _nextIdentity++;
            _files[$"{kdamond}/contexts/nr_contexts"] = "0";
            _files[$"{kdamond}/state"] = "off";
        }

        return 0;
    }

    private int Store(string path, string text)
    {
        if (path.EndsWith("/operations", StringComparison.Ordinal) && !AvailableOperations.Split('\n').Contains(text))
        {
            return -Errno.EINVAL;
        }

        _files[path] = text;
        string folder = path[..(path.LastIndexOf('/') + 1)];
        int count = int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : 0;
        switch (path[folder.Length..])
        {
            case "nr_contexts" when count > 1:
                return -Errno.EINVAL;
            case "nr_contexts":
                CreateContext();
                break;
            case "nr_targets":
                AddEach(folder, count, "pid_target", "regions/nr_regions");
                break;
            case "nr_schemes":
                CreateSchemes(folder, count);
                break;
            case "nr_goals":
                AddEach(folder, count, "target_metric", "target_value", "current_value", "nid");
                break;
            case "nr_filters":
                AddEach(folder, count, "type", "matching", "memcg_path", "addr_start", "addr_end", "damon_target_idx");
                break;
            case "nr_regions" when folder.EndsWith("regions/", StringComparison.Ordinal):
                AddEach(folder, count, "start", "end");
                break;
        }

        return 0;
    }

    private void CreateContext()
    {
        _files[Context + "avail_operations"] = AvailableOperations;
        _files[Context + "operations"] = "vaddr";
        _files[Context + "targets/nr_targets"] = "0";
        _files[Context + "schemes/nr_schemes"] = "0";
        AddZeros(Context + "monitoring_attrs/intervals/", "sample_us", "aggr_us", "update_us");
        AddZeros(Context + "monitoring_attrs/nr_regions/", "min", "max");
        if (HasIntervalsGoal)
        {
            AddZeros(Context + "monitoring_attrs/intervals/intervals_goal/", "access_bp", "aggrs", "min_sample_us", "max_sample_us");
        }
    }

    /// <summary>Linux 6.12.</summary>
    private void CreateSchemes(string folder, int count)
    {
        AddEach(
            folder, count, "action", "target_nid", "apply_interval_us", "access_pattern/sz/min", "access_pattern/sz/max", "access_pattern/nr_accesses/min",
            "access_pattern/nr_accesses/max", "access_pattern/age/min", "access_pattern/age/max", "quotas/ms", "quotas/bytes", "quotas/reset_interval_ms",
            "quotas/weights/sz_permil", "quotas/weights/nr_accesses_permil", "quotas/weights/age_permil", "quotas/goals/nr_goals", "watermarks/metric",
            "watermarks/interval_us", "watermarks/high", "watermarks/mid", "watermarks/low", "filters/nr_filters", "stats/nr_tried", "stats/sz_tried",
            "stats/nr_applied", "stats/sz_applied", "stats/qt_exceeds");
    }

    private void AddEach(string folder, int count, params string[] names)
    {
        for (int i = 0; i < count; i++)
        {
            AddZeros(string.Create(CultureInfo.InvariantCulture, $"{folder}{i}/"), names);
        }
    }

    private void AddZeros(string folder, params string[] names) => Array.ForEach(names, name => _files[folder + name] = "0");

    private int Command(string command)
    {
        switch (command)
        {
            case "on" when IsOn:
                return -Errno.EBUSY;
            case "on" when !IsAcceptable():
                return -Errno.EINVAL;
            case "on":
                IsOn = true;
                Tid = NextTid;
                Committed = new Dictionary<string, string>(_files);
                return 0;
            case "off" when !IsOn:
                return -Errno.EPERM;
            case "off":
                End();
                return 0;
            case "update_schemes_stats" or "commit_schemes_quota_goals" when IsOn:
                return 0;
            case "commit" when IsOn && IsAcceptable():
                Committed = new Dictionary<string, string>(_files);
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>damon_set_attrs: three regions at least, and a sampling interval within the aggregation interval.</summary>
    private bool IsAcceptable() => Number("monitoring_attrs/nr_regions/min") >= 3
        && Number("monitoring_attrs/nr_regions/min") <= Number("monitoring_attrs/nr_regions/max")
        && Number("monitoring_attrs/intervals/sample_us") <= Number("monitoring_attrs/intervals/aggr_us");

    private ulong Number(string path) => ulong.Parse(_files[Context + path], CultureInfo.InvariantCulture);
}
