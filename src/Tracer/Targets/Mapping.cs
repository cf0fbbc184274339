namespace Damon.Trace.Tracer.Targets;

/// <summary>One line of /proc/PID/maps.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after the mapping.</param>
/// <param name="Permissions">Four letters, e.g. <c>rw-p</c>.</param>
/// <param name="Offset">Position in the mapped file.</param>
/// <param name="Inode">Inode of the mapped file, or 0.</param>
/// <param name="Name">
/// Path, <c>[heap]</c>, <c>[stack]</c>, <c>[anon:name]</c> or empty; a file that is gone ends in <c> (deleted)</c>. Control characters are
/// written in octal, <c>\012</c>, as the kernel writes a newline.
/// </param>
public readonly record struct Mapping(ulong Start, ulong End, string Permissions, ulong Offset, ulong Inode, string Name)
{
    /// <summary>What the target itself keeps there, as far as it was asked; empty otherwise.</summary>
    public string Label { get; init; } = "";

    /// <summary>Length in bytes.</summary>
    public ulong Size => End - Start;

    /// <summary>
    /// True when user code can touch the memory and its pages have accessed bits of their own. A PROT_NONE mapping is only a reservation of
    /// addresses; vsyscall and vvar pages belong to the kernel and are the same for every process.
    /// </summary>
    public bool IsAccessible =>
        !Permissions.StartsWith("---", StringComparison.Ordinal)
        && Name is not "[vsyscall]"
        && !Name.StartsWith("[vvar", StringComparison.Ordinal);
}
