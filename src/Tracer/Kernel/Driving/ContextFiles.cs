using System.Globalization;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>
/// Settings of the first context of kdamond 0, as files. What a kernel can do shows in which files it has, never in its version number.
/// The kernel takes them over when the kdamond is switched on, or by <c>commit</c>.
/// </summary>
internal sealed class ContextFiles
{
    private const string Context = "0/contexts/0/";
    private const string Intervals = Context + "monitoring_attrs/intervals/";
    private const string Goal = Intervals + "intervals_goal/";
    private const string NrRegions = Context + "monitoring_attrs/nr_regions/";

    private readonly IDamonSysfs _sysfs;

    internal ContextFiles(IDamonSysfs sysfs) => _sysfs = sysfs;

    /// <summary>Creates the context and fills in everything.</summary>
    /// <exception cref="KernelDamonException">The kernel lacks the operations set or refuses a value.</exception>
    internal void Write(KernelContext context)
    {
        Put("0/contexts/nr_contexts", 1);
        WriteOperations(context.Operations);
        WriteAttributes(context.Attributes);
        int nrTargets = Math.Max(1, context.Pids.Count);
        Put(Context + "targets/nr_targets", (ulong)nrTargets);
        for (int i = 0; i < nrTargets; i++)
        {
            string target = string.Create(CultureInfo.InvariantCulture, $"{Context}targets/{i}/");
            if (context.Pids.Count > 0)
            {
                Put(target + "pid_target", (ulong)context.Pids[i]);
            }

            WriteRegions(target + "regions/", context.Ranges);
        }
    }

    /// <summary>Intervals and bounds; the goal only where there is one, so that a kernel without it takes the rest.</summary>
    internal void WriteAttributes(DamonAttributes attributes)
    {
        Put(Intervals + "sample_us", attributes.SampleUs);
        Put(Intervals + "aggr_us", attributes.AggrUs);
        Put(Intervals + "update_us", attributes.UpdateUs);
        Put(NrRegions + "min", attributes.MinNrRegions);
        Put(NrRegions + "max", attributes.MaxNrRegions);
        if (attributes.IntervalsGoal is not { } goal)
        {
            return;
        }

        if (!_sysfs.Exists(Goal + "access_bp"))
        {
            throw new KernelDamonException("this kernel's DAMON cannot tune its intervals", "leave --autotune out, or use Linux 6.15 or newer");
        }

        Put(Goal + "access_bp", goal.AccessBp);
        Put(Goal + "aggrs", goal.Aggrs);
        Put(Goal + "min_sample_us", goal.MinSampleUs);
        Put(Goal + "max_sample_us", goal.MaxSampleUs);
    }

    /// <summary>The operations set as it was written.</summary>
    internal string ReadOperations() => _sysfs.Read(Context + "operations") ?? "";

    /// <summary>The attributes as they were written last.</summary>
    internal DamonAttributes ReadAttributes() => new()
    {
        SampleUs = Get(Intervals + "sample_us"),
        AggrUs = Get(Intervals + "aggr_us"),
        UpdateUs = Get(Intervals + "update_us"),
        MinNrRegions = (uint)Get(NrRegions + "min"),
        MaxNrRegions = (uint)Get(NrRegions + "max"),
        IntervalsGoal = _sysfs.Exists(Goal + "access_bp") && Get(Goal + "aggrs") is > 0 and var aggrs
            ? new IntervalsGoal
            {
                AccessBp = (uint)Get(Goal + "access_bp"),
                Aggrs = (uint)aggrs,
                MinSampleUs = Get(Goal + "min_sample_us"),
                MaxSampleUs = Get(Goal + "max_sample_us"),
            }
            : null,
    };

    private void WriteOperations(string operations)
    {
        // The file came with 5.19; without it the kernel's answer to the next write has to do.
        if (_sysfs.Read(Context + "avail_operations") is string available
            && !available.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Contains(operations))
        {
            string option = operations == KernelContext.Paddr ? "CONFIG_DAMON_PADDR=y" : "CONFIG_DAMON_VADDR=y";
            throw new KernelDamonException(
                $"this kernel's DAMON has no {operations}, only {string.Join(", ", available.Split('\n'))}", $"a kernel with {option}");
        }

        Put(Context + "operations", operations);
    }

    private void WriteRegions(string regions, IReadOnlyList<AddressRange> ranges)
    {
        if (ranges.Count == 0)
        {
            return;
        }

        Put(regions + "nr_regions", (ulong)ranges.Count);
        for (int i = 0; i < ranges.Count; i++)
        {
            string region = string.Create(CultureInfo.InvariantCulture, $"{regions}{i}/");
            Put(region + "start", ranges[i].Start);
            Put(region + "end", ranges[i].End);
        }
    }

    private ulong Get(string path) => ulong.TryParse(_sysfs.Read(path), CultureInfo.InvariantCulture, out ulong number)
        ? number
        : throw new KernelDamonException($"the kernel does not tell its {path}", hint: null);

    private void Put(string path, ulong value) => Put(path, value.ToString(CultureInfo.InvariantCulture));

    private void Put(string path, string text)
    {
        int result = _sysfs.Write(path, text);
        if (result < 0)
        {
            throw new KernelDamonException($"the kernel refuses '{text}' for {path}: {Errno.Describe(-result)}", hint: null);
        }
    }
}
