namespace Damon.Trace.Tracer.Monitoring;

/// <summary>What a check found at one address. Only <see cref="Accessed"/> counts towards nr_accesses.</summary>
public enum AccessState : byte
{
    /// <summary>Not accessed in the window, or nothing is mapped there.</summary>
    NotAccessed,

    /// <summary>Read or written in the window.</summary>
    Accessed,

    /// <summary>The accessed bit of this page cannot be cleared (shared, zero, locked page): nothing is known, so it is never hot.</summary>
    Unclearable,

    /// <summary>The page was not made old in time; nothing is known about this window.</summary>
    Unprepared,
}
