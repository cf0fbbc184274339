using System.Globalization;
using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>
/// Finds out whose the kernel's DAMON is, by reading alone. A kdamond counts as ours only with proof: the note was made in this boot, the
/// directory is the very one that was created then, and the thread that runs is the one that was switched on then.
/// </summary>
internal sealed class KernelDamonInspector
{
    private const string NrKdamonds = "nr_kdamonds";
    private const string LeaveHint = "it belongs to whoever created it and is left alone; 'damon-trace record --kernel' listens to it";

    private readonly IDamonSysfs _sysfs;
    private readonly KernelThreads _threads;
    private readonly OwnershipFile _ownership;
    private readonly string _debugfs;

    internal KernelDamonInspector(IDamonSysfs sysfs, KernelThreads threads, OwnershipFile ownership, string debugfs = "/sys/kernel/debug/damon")
    {
        _sysfs = sysfs;
        _threads = threads;
        _ownership = ownership;
        _debugfs = debugfs;
    }

    /// <summary>Looks now. Opens every file for reading only, and creates none.</summary>
    internal KernelDamonState Inspect()
    {
        if (!_sysfs.Exists(NrKdamonds))
        {
            return Unknown(Directory.Exists(_debugfs)
                ? Capability.No("this kernel offers DAMON by debugfs only, which is not supported", "Linux 5.18 or newer with CONFIG_DAMON_SYSFS=y")
                : Capability.No("this kernel has no sysfs interface of DAMON", "Linux 5.18 or newer with CONFIG_DAMON_SYSFS=y and CONFIG_DAMON_VADDR=y"));
        }

        if (!int.TryParse(_sysfs.Read(NrKdamonds), CultureInfo.InvariantCulture, out int nrKdamonds))
        {
            return Unknown(Capability.No("the kernel's DAMON may only be read by root", "run as root"));
        }

        List<(int Tid, string Comm)> running = _threads.Kdamonds();
        if (nrKdamonds == 0)
        {
            return running.Count == 0
                ? new KernelDamonState(KernelDamonOwner.Nobody, "free: no kdamond exists", Capability.Yes)
                : Other($"{Names(running)} runs and is not of the sysfs interface: a module's, for example damon_reclaim");
        }

        return nrKdamonds == 1 && _ownership.Read() is { } owner && IsProvenOurs(owner)
            ? Ours(owner)
            : Other(string.Create(
                CultureInfo.InvariantCulture,
                $"{nrKdamonds} in sysfs, created by somebody else; running: {(running.Count > 0 ? Names(running) : "none")}"));
    }

    /// <summary>Whether the kdamond in sysfs is the one that was noted.</summary>
    internal bool IsProvenOurs(Ownership owner)
    {
        if (owner.BootId != _threads.BootId() || owner.Identity == 0 || owner.Identity != _sysfs.Identity("0")
            || !int.TryParse(_sysfs.Read("0/pid"), CultureInfo.InvariantCulture, out int tid))
        {
            return false;
        }

        // -1: it is off. A kdamond that was killed between switching on and noting the thread has 0 in the note.
        return tid <= 0 || owner.KdamondTid == 0 || tid == owner.KdamondTid;
    }

    private KernelDamonState Ours(Ownership owner)
    {
        string recorder = string.Create(CultureInfo.InvariantCulture, $"damon-trace {owner.RecorderPid}");
        return _threads.StartTicks(owner.RecorderPid) == owner.RecorderStartTicks
            ? new KernelDamonState(
                KernelDamonOwner.Recording, $"driven by {recorder}, which is recording",
                Capability.No($"{recorder} drives the kernel's DAMON already", "wait until it has ended, or listen to it: record --kernel"))
            : new KernelDamonState(
                KernelDamonOwner.EndedRecording, $"left behind by {recorder}, which has ended: the next recording cleans up, or 'damon-trace kernel clean-up'",
                Capability.Yes);
    }

    private static KernelDamonState Other(string description) =>
        new(KernelDamonOwner.Other, description, Capability.No($"the kernel's DAMON is in use: {description}", LeaveHint));

    private static KernelDamonState Unknown(Capability capability) => new(KernelDamonOwner.Unknown, capability.Reason!, capability);

    private static string Names(List<(int Tid, string Comm)> kdamonds) =>
        string.Join(", ", kdamonds.Select(kdamond => string.Create(CultureInfo.InvariantCulture, $"{kdamond.Comm} (tid {kdamond.Tid})")));
}
