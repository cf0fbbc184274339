namespace Damon.Trace.Exerciser;

/// <summary>From when to when the hot range was where. Exact to one sweep when several threads share it.</summary>
internal readonly record struct HotPhase(MemoryRange Range, long BeginNs, long EndNs, long NrSweeps);
