namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>A memory operand whose address the registers of a sample tell.</summary>
/// <param name="Ip">The instruction.</param>
/// <param name="Base">Number of its base register, as instructions encode them; -1 for none.</param>
/// <param name="Index">Number of its index register; -1 for none.</param>
/// <param name="Scale">Factor of the index.</param>
/// <param name="Displacement">Added, together with what changed in the registers between the access and the sample.</param>
/// <param name="Bytes">Length of the access.</param>
/// <param name="IsWrite">It writes, and may read as well.</param>
internal readonly record struct DecodedAccess(ulong Ip, int Base, int Index, int Scale, ulong Displacement, int Bytes, bool IsWrite)
{
    /// <summary>The first byte.</summary>
    /// <param name="registers">The 16 general registers in the order of their numbers: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, ...</param>
    internal ulong AddressWith(ReadOnlySpan<ulong> registers) => unchecked(
        Displacement + (Base < 0 ? 0 : registers[Base]) + (Index < 0 ? 0 : registers[Index] * (ulong)Scale));
}
