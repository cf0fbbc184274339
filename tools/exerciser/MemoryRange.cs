namespace Damon.Trace.Exerciser;

/// <summary>A named part of the workload's memory, [Start, End).</summary>
internal readonly record struct MemoryRange(string Name, ulong Start, ulong End)
{
    internal ulong Size => End - Start;
}
