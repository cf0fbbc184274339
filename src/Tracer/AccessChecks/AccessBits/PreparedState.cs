namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What the next reading of an address may conclude.</summary>
internal enum PreparedState : byte
{
    /// <summary>Old, or not mapped: young means accessed.</summary>
    Ready,

    /// <summary>Only a sweep makes it old: mapped more than once, locked, on no reclaim list.</summary>
    AwaitsSweep,

    /// <summary>The same of an anonymous page, which a sweep of file mappings leaves alone.</summary>
    AwaitsFullSweep,

    /// <summary>Nothing makes it old.</summary>
    Unclearable,

    /// <summary>It was not made old in time, or changed while it was looked at.</summary>
    Unprepared,

    /// <summary>The zero page: no memory.</summary>
    NotPresent,
}
