namespace Damon.Trace.Reports.Compare;

/// <summary>A range that was accessed in one recording and not in the other.</summary>
/// <param name="State"><c>new</c>: only in B; <c>gone</c>: only in A.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Mapping">The mapping that has most of it, where it was accessed.</param>
internal sealed record CompareRange(string State, ulong Start, ulong End, ulong SizeBytes, string? Mapping);
