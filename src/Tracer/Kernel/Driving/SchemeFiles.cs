using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>
/// Schemes of the first context of kdamond 0, as files (Documentation/admin-guide/mm/damon/usage.rst). What the kernel has no file for is
/// refused, never left out: a scheme without its filter would be another one.
/// </summary>
internal sealed class SchemeFiles
{
    private const string Schemes = "0/contexts/0/schemes/";
    private const string NewerKernel = "use a newer kernel, or 'damon-trace run' without --kernel";
    private const string WithoutKernel = "'damon-trace run' can, without --kernel";

    private readonly IDamonSysfs _sysfs;

    internal SchemeFiles(IDamonSysfs sysfs) => _sysfs = sysfs;

    /// <summary>Throws when the kernel cannot do one of them, whatever files it has. Writes nothing.</summary>
    /// <exception cref="KernelDamonException">It cannot.</exception>
    internal static void Refuse(IReadOnlyList<Scheme> schemes, string operations)
    {
        foreach (Scheme scheme in schemes)
        {
            Refuse(scheme, operations);
        }
    }

    /// <summary>Writes all of them, in place of those that are there.</summary>
    /// <param name="schemes">The schemes.</param>
    /// <param name="attributes">The intervals that their times and frequencies are turned into numbers with.</param>
    /// <param name="operations">Operations set.</param>
    /// <param name="dryRun">They only count.</param>
    /// <exception cref="KernelDamonException">The kernel cannot do one of them.</exception>
    internal void Write(IReadOnlyList<Scheme> schemes, DamonAttributes attributes, string operations, bool dryRun = false)
    {
        Refuse(schemes, operations);
        if (schemes.Count == 0 && NrSchemes == 0)
        {
            return;
        }

        Put(Schemes + "nr_schemes", (ulong)schemes.Count, "schemes");
        for (int i = 0; i < schemes.Count; i++)
        {
            Scheme scheme = dryRun ? schemes[i] with { Action = SchemeAction.Stat } : schemes[i];
            Write(scheme, attributes, string.Create(CultureInfo.InvariantCulture, $"{Schemes}{i}/"));
        }
    }

    /// <summary>Writes the value now of every goal by user input: how many there are.</summary>
    internal int WriteUserInput(ulong value)
    {
        int count = 0;
        for (int scheme = 0; scheme < NrSchemes; scheme++)
        {
            string goals = string.Create(CultureInfo.InvariantCulture, $"{Schemes}{scheme}/quotas/goals/");
            int nrGoals = (int)Math.Min(Get(goals + "nr_goals"), int.MaxValue);
            for (int goal = 0; _sysfs.Exists(goals + "nr_goals") && goal < nrGoals; goal++)
            {
                string folder = string.Create(CultureInfo.InvariantCulture, $"{goals}{goal}/");
                if (_sysfs.Read(folder + "target_metric") is null or "user_input")
                {
                    Put(folder + "current_value", value, "quota goals");
                    count++;
                }
            }
        }

        return count;
    }

    /// <summary>The counters of all, as they were updated last; those that this kernel does not have are unknown.</summary>
    internal IReadOnlyList<DamosStatistics> ReadStatistics() => [.. Enumerable.Range(0, NrSchemes).Select(ReadStatistics)];

    private int NrSchemes => int.TryParse(_sysfs.Read(Schemes + "nr_schemes"), CultureInfo.InvariantCulture, out int count) ? count : 0;

    private DamosStatistics ReadStatistics(int index)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"{Schemes}{index}/stats/");
        return new DamosStatistics
        {
            SchemeIdx = (uint)index,
            NrTried = Get(folder + "nr_tried"),
            SzTried = Get(folder + "sz_tried"),
            NrApplied = Get(folder + "nr_applied"),
            SzApplied = Get(folder + "sz_applied"),
            SzOpsFilterPassed = Get(folder + "sz_ops_filter_passed"),
            QtExceeds = Get(folder + "qt_exceeds"),
            NrSnapshots = Get(folder + "nr_snapshots"),
        };
    }

    private ulong Get(string path) =>
        ulong.TryParse(_sysfs.Read(path), CultureInfo.InvariantCulture, out ulong number) ? number : DamosStatistics.Unknown;

    /// <summary>What no kernel can, whatever files it has.</summary>
    private static void Refuse(Scheme scheme, string operations)
    {
        string action = SchemeActionNames.NameOf(scheme.Action);
        (string Problem, string Hint)? refusal =
            scheme.Action is SchemeAction.Demote or SchemeAction.Custom ? ($"the kernel has no action '{action}'", WithoutKernel)
            : scheme.Watermarks.Metric == WatermarkMetric.MemPressure ? ("the kernel has no watermarks by mem_pressure", WithoutKernel)
            : scheme.Quota.StartBytes > 0 ? ("the kernel begins with one byte and takes no 'start'", "leave it out")
            : scheme.Filters.FirstOrDefault(static filter => filter.Kind is FilterKind.Mapping or FilterKind.Executable) is { } filter
                ? ($"the kernel has no filter '{SchemeText.NameOf(filter.Kind)}'", WithoutKernel)
            : null;

        // Only migrations and stat look at them in a process's addresses: pageout would take what a filter rejects.
        bool looksAtKinds = operations == KernelContext.Paddr || scheme.Action is SchemeAction.Stat or SchemeAction.MigrateHot or SchemeAction.MigrateCold;
        if (refusal is null && !looksAtKinds && scheme.Filters.FirstOrDefault(static one => !one.IsCore) is { } ignored)
        {
            refusal = ($"the kernel passes over the filter '{SchemeText.NameOf(ignored.Kind)}' when it does '{action}' to a process", WithoutKernel);
        }

        if (refusal is { } found)
        {
            throw new KernelDamonException(found.Problem, found.Hint);
        }
    }

    private void Write(Scheme scheme, DamonAttributes attributes, string folder)
    {
        Put(folder + "action", SchemeActionNames.NameOf(scheme.Action), "action");
        if (scheme.Action is SchemeAction.MigrateHot or SchemeAction.MigrateCold)
        {
            Put(folder + "target_nid", (ulong)scheme.TargetNode, "migrations");
        }

        MatchRange match = scheme.Pattern.Resolve(attributes);
        PutRange(folder + "access_pattern/sz/", match.MinSize, match.MaxSize);
        PutRange(folder + "access_pattern/nr_accesses/", match.MinNrAccesses, match.MaxNrAccesses);
        PutRange(folder + "access_pattern/age/", match.MinAge, match.MaxAge);
        PutIf(scheme.ApplyIntervalUs > 0, folder + "apply_interval_us", scheme.ApplyIntervalUs, "apply intervals");
        PutIf(scheme.MaxNrSnapshots > 0, folder + "stats/max_nr_snapshots", scheme.MaxNrSnapshots, "an end after some snapshots");
        WriteQuota(scheme.Quota, folder + "quotas/");
        WriteWatermarks(scheme.Watermarks, folder + "watermarks/");
        WriteFilters(scheme.Filters, folder + "filters/");
    }

    private void WriteQuota(SchemeQuota quota, string folder)
    {
        if (!quota.IsSet)
        {
            return;
        }

        Put(folder + "ms", quota.TimeMs, "quotas");
        Put(folder + "bytes", quota.SizeBytes, "quotas");
        Put(folder + "reset_interval_ms", quota.ResetIntervalMs, "quotas");
        Put(folder + "weights/sz_permil", quota.Weights.Size, "weights");
        Put(folder + "weights/nr_accesses_permil", quota.Weights.NrAccesses, "weights");
        Put(folder + "weights/age_permil", quota.Weights.Age, "weights");
        if (quota.Goals.Count == 0)
        {
            return;
        }

        Put(folder + "goals/nr_goals", (ulong)quota.Goals.Count, "quota goals");
        for (int i = 0; i < quota.Goals.Count; i++)
        {
            WriteGoal(quota.Goals[i], string.Create(CultureInfo.InvariantCulture, $"{folder}goals/{i}/"));
        }

        // The file came with 7.1; kernels before it have the one tuner.
        if (quota.Tuner != QuotaTuner.Consist || _sysfs.Exists(folder + "goal_tuner"))
        {
            Put(folder + "goal_tuner", SchemeText.NameOf(quota.Tuner), "the tuner");
        }
    }

    private void WriteGoal(QuotaGoal goal, string folder)
    {
        Put(folder + "target_metric", SchemeText.NameOf(goal.Metric), "this goal");
        Put(folder + "target_value", goal.TargetValue, "quota goals");
        Put(folder + "current_value", goal.CurrentValue, "quota goals");
        if (SchemeText.IsOfNode(goal.Metric))
        {
            int node = goal.Node ?? (Directory.Exists("/sys/devices/system/node/node1")
                ? throw new KernelDamonException(
                    $"the kernel's goal {SchemeText.NameOf(goal.Metric)} is of one memory node", "say which: a ':0' behind it, or nid")
                : 0);
            Put(folder + "nid", (ulong)node, "goals of nodes");
        }

        if (goal.CgroupPath.Length > 0)
        {
            Put(folder + "path", goal.CgroupPath, "goals of control groups");
        }
    }

    private void WriteWatermarks(SchemeWatermarks marks, string folder)
    {
        if (marks.Metric == WatermarkMetric.None)
        {
            return;
        }

        Put(folder + "metric", SchemeText.NameOf(marks.Metric), "watermarks");
        Put(folder + "interval_us", marks.IntervalUs, "watermarks");
        Put(folder + "high", marks.High, "watermarks");
        Put(folder + "mid", marks.Mid, "watermarks");
        Put(folder + "low", marks.Low, "watermarks");
    }

    private void WriteFilters(IReadOnlyList<SchemeFilter> filters, string folder)
    {
        if (filters.Count == 0)
        {
            return;
        }

        Put(folder + "nr_filters", (ulong)filters.Count, "filters");
        for (int i = 0; i < filters.Count; i++)
        {
            SchemeFilter filter = filters[i];
            string file = string.Create(CultureInfo.InvariantCulture, $"{folder}{i}/");
            bool isNotAnonymous = filter.Kind == FilterKind.File; // the kernel says it so
            Put(file + "type", isNotAnonymous ? "anon" : SchemeText.NameOf(filter.Kind), "this filter");
            Put(file + "matching", filter.Matching != isNotAnonymous ? "Y" : "N", "filters");
            if (filter.Allow || _sysfs.Exists(file + "allow"))
            {
                Put(file + "allow", filter.Allow ? "Y" : "N", "filters that allow");
            }

            WriteArgument(filter, file);
        }
    }

    private void WriteArgument(SchemeFilter filter, string file)
    {
        switch (filter.Kind)
        {
            case FilterKind.Address:
                Put(file + "addr_start", filter.Range.Start, "filters by address");
                Put(file + "addr_end", filter.Range.End, "filters by address");
                break;
            case FilterKind.Target:
                Put(file + "damon_target_idx", filter.TargetIndex, "filters by target");
                break;
            case FilterKind.Memcg:
                Put(file + "memcg_path", filter.Name, "filters by control group");
                break;
            case FilterKind.HugePageSize:
                Put(file + "min", filter.MinSize, "filters by huge page size");
                Put(file + "max", filter.MaxSize, "filters by huge page size");
                break;
        }
    }

    private void PutRange(string folder, ulong min, ulong max)
    {
        Put(folder + "min", min, "access patterns");
        Put(folder + "max", max, "access patterns");
    }

    private void PutIf(bool isThere, string path, ulong value, string what)
    {
        if (isThere)
        {
            Put(path, value, what);
        }
    }

    private void Put(string path, ulong value, string what) => Put(path, value.ToString(CultureInfo.InvariantCulture), what);

    private void Put(string path, string text, string what)
    {
        int result = _sysfs.Write(path, text);
        if (result == -Errno.ENOENT)
        {
            throw new KernelDamonException($"this kernel's DAMON does not know {what}: it has no {path}", NewerKernel);
        }

        if (result < 0)
        {
            throw new KernelDamonException($"the kernel refuses '{text}' for {path}: {Errno.Describe(-result)}", NewerKernel);
        }
    }
}
