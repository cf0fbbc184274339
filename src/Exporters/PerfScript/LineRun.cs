namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Lines that follow each other in a block: regions that share all else, or one line of any other kind.</summary>
/// <param name="Facts">What the regions share; null for a line of another kind.</param>
/// <param name="Begin">Number of the first region in the block; where the line begins.</param>
/// <param name="Count">How many regions, a line each; the bytes of the line.</param>
internal readonly record struct LineRun(LineFacts? Facts, int Begin, int Count);
