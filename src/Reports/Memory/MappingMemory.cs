namespace Damon.Trace.Reports.Memory;

/// <summary>The memory of the mappings of one name.</summary>
/// <param name="Mapping">The name; null for all names together that are too small for a number of their own.</param>
/// <param name="NrNames">Names it stands for: 1, or how many are too small.</param>
/// <param name="States">Their memory.</param>
internal sealed record MappingMemory(string? Mapping, int NrNames, MemoryStates States)
{
    /// <summary>For people.</summary>
    public string Describe() => Mapping is null ? ReportText.Invariant($"{NrNames} smaller mappings") : ReportText.Clean(Mapping);
}
