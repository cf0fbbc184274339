namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Populated pages in a row that are all in one state.</summary>
/// <param name="Start">First byte, page aligned.</param>
/// <param name="End">First byte after the last page.</param>
/// <param name="State">Of every page.</param>
public readonly record struct ExactRegion(ulong Start, ulong End, ExactState State)
{
    /// <summary>Length in bytes.</summary>
    public ulong Size => End - Start;
}
