using System.Globalization;
using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>
/// What files tell about a kdamond: its name, and the settings of the sysfs interface (Documentation/admin-guide/mm/damon/usage.rst) or of
/// the modules that run DAMON on their own account. Opens everything for reading only: another program owns these kdamonds. Its commands
/// and a reader of <c>pid</c> exclude each other in the kernel, and the later one gets EBUSY: so pid files are read when a thread is new,
/// never again and again. The settings can be read at any time.
/// </summary>
internal sealed class KernelKdamondReader
{
    private const string SysfsOwner = "kdamonds/";

    private static readonly string[] s_modules = ["damon_reclaim", "damon_lru_sort", "damon_stat"];

    private readonly string _proc;
    private readonly string _sysfs;
    private readonly string _modules;

    internal KernelKdamondReader(
        string proc = "/proc", string sysfs = "/sys/kernel/mm/damon/admin/kdamonds", string modules = "/sys/module")
    {
        _proc = proc;
        _sysfs = sysfs;
        _modules = modules;
    }

    /// <summary>Thread ids of the kdamonds that run now, as far as files name them.</summary>
    internal IEnumerable<int> RunningTids()
    {
        foreach ((string _, string pidFile) in Owners())
        {
            if (Number(pidFile) is { } tid and > 0 and <= int.MaxValue)
            {
                yield return (int)tid;
            }
        }
    }

    /// <summary>Describes the kdamond with this thread id. Never fails: what cannot be read stays empty.</summary>
    internal KernelKdamond Describe(int tid)
    {
        string owner = Owners().FirstOrDefault(candidate => Number(candidate.PidFile) == tid).Owner ?? "";
        return Describe(tid, owner);
    }

    /// <summary>Describes a kdamond whose owner is known already, without asking for its pid again.</summary>
    internal KernelKdamond Describe(int tid, string owner)
    {
        string comm = Text(Path.Combine(_proc, tid.ToString(CultureInfo.InvariantCulture), "comm")) is { Length: > 0 } name
            ? name : string.Create(CultureInfo.InvariantCulture, $":{tid}");
        if (owner.Length == 0)
        {
            return new KernelKdamond(tid, comm, null, "", [], "");
        }

        return owner.StartsWith(SysfsOwner, StringComparison.Ordinal)
            ? DescribeSysfs(tid, comm, owner, Path.Combine(_sysfs, owner[SysfsOwner.Length..], "contexts", "0"))
            : DescribeModule(tid, comm, owner, Path.Combine(_modules, owner, "parameters"));
    }

    private IEnumerable<(string Owner, string PidFile)> Owners()
    {
        foreach (string directory in Directories(_sysfs))
        {
            yield return (SysfsOwner + Path.GetFileName(directory), Path.Combine(directory, "pid"));
        }

        foreach (string module in s_modules)
        {
            string pidFile = Path.Combine(_modules, module, "parameters", "kdamond_pid");
            if (File.Exists(pidFile))
            {
                yield return (module, pidFile);
            }
        }
    }

    private static KernelKdamond DescribeSysfs(int tid, string comm, string owner, string context)
    {
        string intervals = Path.Combine(context, "monitoring_attrs", "intervals");
        string bounds = Path.Combine(context, "monitoring_attrs", "nr_regions");
        ContextAttributes? attributes = null;
        if (Number(Path.Combine(intervals, "sample_us")) is { } sample && Number(Path.Combine(intervals, "aggr_us")) is { } aggregation)
        {
            attributes = Attributes(
                sample, aggregation, Number(Path.Combine(intervals, "update_us")),
                Number(Path.Combine(bounds, "min")), Number(Path.Combine(bounds, "max")));
        }

        string operations = Text(Path.Combine(context, "operations")) ?? "";
        int[] pids = operations == "paddr" ? [] :
            [.. Directories(Path.Combine(context, "targets")).Select(target => (int)(Number(Path.Combine(target, "pid_target")) ?? 0))];
        return new KernelKdamond(tid, comm, attributes, operations, pids, owner);
    }

    /// <summary>The modules watch physical memory and have no parameter for the update interval: it stays 0, unknown.</summary>
    private static KernelKdamond DescribeModule(int tid, string comm, string module, string parameters)
    {
        ContextAttributes? attributes = null;
        if (Number(Path.Combine(parameters, "sample_interval")) is { } sample
            && Number(Path.Combine(parameters, "aggr_interval")) is { } aggregation)
        {
            attributes = Attributes(
                sample, aggregation, null,
                Number(Path.Combine(parameters, "min_nr_regions")), Number(Path.Combine(parameters, "max_nr_regions")));
        }

        return new KernelKdamond(tid, comm, attributes, "paddr", [], module);
    }

    private static ContextAttributes Attributes(long sampleUs, long aggrUs, long? updateUs, long? minRegions, long? maxRegions) => new()
    {
        SampleUs = (ulong)sampleUs,
        AggrUs = (ulong)aggrUs,
        UpdateUs = (ulong)(updateUs ?? 0),
        MinNrRegions = (uint)(minRegions ?? 0),
        MaxNrRegions = (uint)(maxRegions ?? 0),
    };

    /// <summary>The numbered directories below one, by number: the order of target_id.</summary>
    private static IEnumerable<string> Directories(string path)
    {
        try
        {
            return Directory.GetDirectories(path)
                .Where(entry => int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out _))
                .OrderBy(entry => int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long? Number(string path) =>
        long.TryParse(Text(path), CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string? Text(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or not for us to read.
            return null;
        }
    }
}
