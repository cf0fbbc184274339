namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>A part of a file that was accessed through a mapping.</summary>
/// <param name="Path">As the target's mount namespace has it.</param>
/// <param name="Offset">First byte, page aligned.</param>
/// <param name="Length">In bytes, whole pages: may reach beyond the end of the file.</param>
public readonly record struct FileRange(string Path, ulong Offset, ulong Length);
