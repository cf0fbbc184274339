namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Where to look for the struct pages.</summary>
/// <param name="Usual">The first place to try.</param>
/// <param name="Start">The first of all others.</param>
/// <param name="End">Beyond the last of them.</param>
/// <param name="Step">From one to the next.</param>
internal readonly record struct VmemmapPlaces(ulong Usual, ulong Start, ulong End, ulong Step);
