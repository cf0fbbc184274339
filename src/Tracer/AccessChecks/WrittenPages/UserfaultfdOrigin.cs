namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>How we came to a userfaultfd for a target's memory.</summary>
internal enum UserfaultfdOrigin
{
    /// <summary>The target is this process.</summary>
    Own,

    /// <summary>The target opened it for us.</summary>
    Offered,

    /// <summary>The target was made to open it.</summary>
    Injected,
}
