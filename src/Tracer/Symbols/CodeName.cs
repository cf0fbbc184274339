namespace Damon.Trace.Tracer.Symbols;

/// <summary>What is at an address of code.</summary>
/// <param name="Function">The function; null where no symbol is known. Never guessed.</param>
/// <param name="Module">The file's name without its folder, <c>[vdso]</c>, <c>[jit]</c>, <c>[kernel]</c>; <c>[unknown]</c> where nothing is mapped.</param>
/// <param name="Offset">
/// Bytes from the begin of the function; where that has no name, of its begin from that of the module, or of the address itself where it is not known
/// where it begins.
/// </param>
public readonly record struct CodeName(string? Function, string Module, ulong Offset)
{
    /// <summary>The module of an address that no mapping has.</summary>
    public const string Unknown = "[unknown]";

    /// <summary>The function, or <c>module+0x1234</c>, or <c>[unknown]</c>.</summary>
    public override string ToString() => Function ?? (Module == Unknown ? Unknown : $"{Module}+0x{Offset:x}");
}
