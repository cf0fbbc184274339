namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>Whose the kernel's DAMON is right now.</summary>
public enum KernelDamonOwner
{
    /// <summary>This kernel has no sysfs interface, or it may not be read: nobody can be told.</summary>
    Unknown,

    /// <summary>No kdamond exists.</summary>
    Nobody,

    /// <summary>A kdamond exists that is not provably ours. It is never touched.</summary>
    Other,

    /// <summary>A running recording of damon-trace.</summary>
    Recording,

    /// <summary>A recording of damon-trace that ended without cleaning up, for example by kill -9.</summary>
    EndedRecording,
}
