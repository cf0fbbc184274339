namespace Damon.Trace.Events;

/// <summary>
/// One mapping of a target: the payload of <c>damon_trace_mapping</c>, in this order. All mappings of one generation follow each other
/// in address order; a new generation replaces the one before it.
/// </summary>
/// <param name="TargetId">Index of the target in its context (u64).</param>
/// <param name="Generation">Counts the changes of the target's mappings, from 1 (u32).</param>
/// <param name="NrMappings">Number of mappings in this generation (u32).</param>
/// <param name="Start">First byte (u64).</param>
/// <param name="End">First byte after the mapping (u64).</param>
/// <param name="Permissions">The four letters of /proc/PID/maps, e.g. <c>rw-p</c> (string).</param>
/// <param name="Name">Path, <c>[heap]</c>, <c>[stack]</c>, <c>[anon:name]</c>, <c>[dotnet jit]</c> or empty for anonymous memory
/// (string).</param>
public sealed record MappingDescription(
    ulong TargetId, uint Generation, uint NrMappings, ulong Start, ulong End, string Permissions, string Name)
{
    /// <summary>What the target itself keeps there, e.g. a relation of PostgreSQL or a part of the file; empty where nobody told (string).</summary>
    public string Label { get; init; } = "";
}
