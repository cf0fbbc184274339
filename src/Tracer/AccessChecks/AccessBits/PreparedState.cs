namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What the next reading of an address may conclude.</summary>
internal enum PreparedState : byte
{
    /// <summary>Old, or not mapped: young means accessed.</summary>
    Ready,

    /// <summary>The accessed bit was off, but PG_young of its shared folio was on and stays: only the bit itself counts.</summary>
    OwnBitOnly,

    Unclearable,

    Unprepared,
}
