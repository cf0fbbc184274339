namespace Damon.Trace.Exerciser;

/// <summary>One sweep over the warm range.</summary>
internal readonly record struct WarmSweep(long BeginNs, long EndNs);
