using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>One way to know accessed pages: whether it works here, on one process, and how to make one.</summary>
public abstract class AccessCheckKind
{
    /// <summary>Its name on the command line and in every recording.</summary>
    public abstract string Name { get; }

    /// <summary>What it promises, in a few words for a table.</summary>
    public abstract string Summary { get; }

    /// <summary>
    /// Whether auto may choose it: it must see reads and writes of all memory. What it leaves out would otherwise look cold to somebody who
    /// never asked for it.
    /// </summary>
    public virtual bool IsChosenByAuto => true;

    /// <summary>What one answer of it is about.</summary>
    public virtual AccessGranularity Granularity => AccessGranularity.Page;

    /// <summary>What it has never been run on and yet would try here; null when this machine is of a kind it was proved on.</summary>
    public virtual string? Unproved => null;

    /// <summary>Looks whether it can work here, without writing anything anywhere.</summary>
    public abstract Capability Probe();

    /// <summary>Tries it on memory of this process or of a child of it; the answer that counts before a recording.</summary>
    public abstract Capability SelfTest();

    /// <summary>Looks whether it can watch one process, and changes nothing in it.</summary>
    public abstract Capability ProbeTarget(TargetProcess process, AccessCheckSettings settings);

    /// <summary>Makes one for a process that stays the caller's.</summary>
    /// <exception cref="TargetUnavailableException">The process does not permit it after all.</exception>
    public abstract IAccessCheck Create(TargetProcess process, AccessCheckSettings settings);
}
