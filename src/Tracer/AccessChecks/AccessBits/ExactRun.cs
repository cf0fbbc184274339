namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Populated pages in a row, each with a bit in <see cref="ExactPages.Bitmap"/>.</summary>
/// <param name="Start">First byte, page aligned.</param>
/// <param name="End">First byte after the last page.</param>
/// <param name="FirstBit">Number of the first page's bit: bit n lies in word n / 64.</param>
public readonly record struct ExactRun(ulong Start, ulong End, long FirstBit);
