namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Pages in a row.</summary>
/// <param name="First">Number of the first page, from 0 at the begin of the mapping.</param>
/// <param name="Count">Number of pages, 1 or more.</param>
public readonly record struct PageRun(ulong First, ulong Count);
