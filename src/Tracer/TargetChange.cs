namespace Damon.Trace.Tracer;

/// <summary>What became of a process while it, or a selection it belongs to, was monitored.</summary>
public enum TargetChangeKind
{
    /// <summary>It matches the selection and is a target from now on.</summary>
    Came,

    /// <summary>It has exited.</summary>
    Exited,

    /// <summary>It lives, but matches no longer: it has changed its control group or its name.</summary>
    Left,

    /// <summary>It matches, but may not be watched.</summary>
    Refused,
}

/// <summary>One change of the targets of a monitor.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Pid">The process.</param>
/// <param name="Comm">Its name.</param>
/// <param name="NrTargets">Targets after it.</param>
/// <param name="Reason">Why it may not be watched; empty otherwise.</param>
public readonly record struct TargetChange(TargetChangeKind Kind, int Pid, string Comm, int NrTargets, string Reason);
