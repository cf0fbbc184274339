using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>
/// The kernel's own DAMON, driven through sysfs. There is one for the whole machine, so nothing is written unless no kdamond exists, or the
/// only one is provably a leftover of ours. The interface has no way to create a kdamond only if there is none: a program that creates one
/// between our look and our write, a few microseconds, is not seen.
/// </summary>
public sealed class KernelDamon
{
    private const string NrKdamonds = "nr_kdamonds";
    private const string State = "0/state";

    private readonly IDamonSysfs _sysfs;
    private readonly KernelThreads _threads;
    private readonly OwnershipFile _ownership;
    private readonly KernelDamonInspector _inspector;

    /// <summary>That of the running kernel.</summary>
    public KernelDamon()
        : this(new DamonSysfs(), new KernelThreads(), new OwnershipFile())
    {
    }

    internal KernelDamon(IDamonSysfs sysfs, KernelThreads threads, OwnershipFile ownership)
    {
        _sysfs = sysfs;
        _threads = threads;
        _ownership = ownership;
        _inspector = new KernelDamonInspector(sysfs, threads, ownership);
    }

    /// <summary>Tells whose it is, by reading alone.</summary>
    public KernelDamonState Inspect() => _inspector.Inspect();

    /// <summary>Tells who must be asked first: throws when a recording would be refused. Only reads.</summary>
    /// <exception cref="KernelDamonException">There is none, or it is somebody else's.</exception>
    public void ThrowIfRefused()
    {
        KernelDamonState state = Inspect();
        if (!state.Capability.Available)
        {
            throw new KernelDamonException(state.Capability.Reason!, state.Capability.Hint);
        }
    }

    /// <summary>Creates a kdamond of our own and switches it on, after removing one that a killed recording of ours left behind.</summary>
    /// <exception cref="KernelDamonException">There is none, it is somebody else's, or it refuses the context; nothing is left behind.</exception>
    public DrivenKdamond Start(KernelContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ThrowIfRefused();
        SafeFileHandle held = Lock();
        try
        {
            bool cleanedUp = RemoveLeftover();
            Ownership ownership = Create();
            try
            {
                new ContextFiles(_sysfs).Write(context);
                new SchemeFiles(_sysfs).Write(context.Schemes, context.Attributes, context.Operations, context.SchemesDryRun);
                ownership = ownership with { KdamondTid = SwitchOn() };
                _ownership.Write(ownership);
                return new DrivenKdamond(this, ownership, held, cleanedUp);
            }
            catch
            {
                _ = Remove(ownership);
                throw;
            }
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Removes the kdamond that a killed recording of ours left behind.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="KernelDamonException">A recording is using it, or the kernel refuses.</exception>
    public bool CleanUp()
    {
        if (Inspect().Owner != KernelDamonOwner.EndedRecording)
        {
            return false;
        }

        using SafeFileHandle held = Lock();
        return RemoveLeftover();
    }

    /// <summary>Changes the attributes, and if wanted the schemes, of the recording that drives the kernel's DAMON now.</summary>
    /// <param name="change">Gets the attributes in force, returns the wanted ones, which must be valid.</param>
    /// <param name="schemes">
    /// In place of those at work, in the units of the new attributes; a scheme keeps its counters and what its quota has learned, by its place. Null:
    /// they stay as they are.
    /// </param>
    /// <returns>The attributes in force from the next aggregation on.</returns>
    /// <exception cref="KernelDamonException">No recording of ours drives it, the kernel cannot do a scheme, or refuses.</exception>
    public DamonAttributes Tune([NotNull] Func<DamonAttributes, DamonAttributes> change, IReadOnlyList<Scheme>? schemes = null)
    {
        ThrowUnlessRecording();
        var files = new ContextFiles(_sysfs);
        string operations = files.ReadOperations();
        SchemeFiles.Refuse(schemes ?? [], operations);
        DamonAttributes attributes = change(files.ReadAttributes());
        files.WriteAttributes(attributes);
        if (schemes is not null)
        {
            new SchemeFiles(_sysfs).Write(schemes, attributes, operations);
        }

        int result = _sysfs.Write(State, "commit");
        return result == 0
            ? attributes
            : throw new KernelDamonException(
                $"the kernel refuses the new settings: {Errno.Describe(-result)}", "it checks all settings again, also whether every target still runs");
    }

    /// <summary>
    /// Says the value now of all goals by user input (<c>user_input</c>) of the recording that drives the kernel's DAMON, from their next reset
    /// interval on.
    /// </summary>
    /// <returns>The number of goals it was said to.</returns>
    /// <exception cref="KernelDamonException">No recording of ours drives it, it has no such goal, or the kernel cannot take it.</exception>
    public int SetUserInput(ulong value)
    {
        ThrowUnlessRecording();
        int goals = new SchemeFiles(_sysfs).WriteUserInput(value);
        int result = goals > 0 ? _sysfs.Write(State, "commit_schemes_quota_goals") : 0;
        return result < 0
            ? throw new KernelDamonException($"the kernel does not take goals while it works: {Errno.Describe(-result)}", "needs Linux 6.8 or newer")
            : goals > 0 ? goals
            : throw new KernelDamonException("no scheme at work has a goal by user input", "goal=user_input:WANTED:NOW in the file of schemes");
    }

    /// <summary>The counters of the schemes of a kdamond of ours, in their order; none when it ends right now.</summary>
    internal IReadOnlyList<DamosStatistics> ReadStatistics(Ownership ownership) =>
        _inspector.IsProvenOurs(ownership) && _sysfs.Write(State, "update_schemes_stats") == 0 ? new SchemeFiles(_sysfs).ReadStatistics() : [];

    /// <summary>Whether the thread of a kdamond still runs: it ends by itself when all its targets have exited.</summary>
    internal bool IsRunning(Ownership ownership) => _threads.StartTicks(ownership.KdamondTid) != 0;

    /// <summary>Switches a kdamond of ours off and removes it, unless it has become somebody else's meanwhile. Null, or what went wrong.</summary>
    internal string? Remove(Ownership ownership)
    {
        if (_sysfs.Identity("0") == ownership.Identity)
        {
            if (!_inspector.IsProvenOurs(ownership))
            {
                return "the kernel's kdamond has become somebody else's and is left alone";
            }

            if (_sysfs.Read(State) == "on")
            {
                // Fails when the kdamond ends by itself right now: the next write tells whether it has.
                _ = _sysfs.Write(State, "off");
            }

            int result = _sysfs.Write(NrKdamonds, "0");
            if (result < 0)
            {
                return $"the kernel's kdamond could not be removed: {Errno.Describe(-result)}";
            }
        }

        _ownership.Delete();
        return null;
    }

    private void ThrowUnlessRecording()
    {
        KernelDamonState state = Inspect();
        if (state.Owner != KernelDamonOwner.Recording)
        {
            throw new KernelDamonException(
                $"no damon-trace drives the kernel's DAMON: {state.Description}", "start one with 'damon-trace record --kernel -p PID'");
        }
    }

    private SafeFileHandle Lock() => _ownership.TryLock()
        ?? throw new KernelDamonException("another damon-trace drives the kernel's DAMON", "wait until it has ended, or listen to it: record --kernel");

    /// <summary>Looks once more under the lock, and removes what an earlier recording left behind.</summary>
    private bool RemoveLeftover()
    {
        KernelDamonState state = Inspect();
        if (state.Owner == KernelDamonOwner.EndedRecording && _ownership.Read() is { } leftover)
        {
            return Remove(leftover) is string problem ? throw new KernelDamonException(problem, hint: null) : true;
        }

        return state.Capability.Available ? false : throw new KernelDamonException(state.Capability.Reason!, state.Capability.Hint);
    }

    private Ownership Create()
    {
        int result = _sysfs.Write(NrKdamonds, "1");
        if (result < 0)
        {
            throw new KernelDamonException($"the kernel creates no kdamond: {Errno.Describe(-result)}", "run as root");
        }

        var ownership = new Ownership(
            _threads.BootId(), Environment.ProcessId, _threads.StartTicks(Environment.ProcessId), _sysfs.Identity("0"), KdamondTid: 0);
        _ownership.Write(ownership);
        return ownership;
    }

    private int SwitchOn()
    {
        int result = _sysfs.Write(State, "on");
        if (result < 0)
        {
            throw new KernelDamonException(
                $"the kernel does not start its DAMON: {Errno.Describe(-result)}",
                result == -Errno.EBUSY ? "a module's DAMON runs, for example damon_reclaim" : "a target may have exited, or the kernel lacks the operations set");
        }

        return int.TryParse(_sysfs.Read("0/pid"), CultureInfo.InvariantCulture, out int tid) && tid > 0
            ? tid
            : throw new KernelDamonException("the kernel's kdamond ended at once", "a target may have exited");
    }
}
