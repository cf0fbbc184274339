namespace Damon.Trace.Tracer.Symbols.Parts;

/// <summary>A part of a file that its header gives a name.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Name">E.g. <c>.rodata</c>, <c>blk.0.attn_q.weight</c>, <c>table orders</c>; fit for a terminal.</param>
public readonly record struct FilePart(ulong Offset, ulong Length, string Name);
