using System.Buffers.Binary;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>Where a field of a tracepoint's record is.</summary>
/// <param name="Offset">From the begin of the record, common fields included.</param>
/// <param name="Size">In bytes.</param>
internal readonly record struct EventField(int Offset, int Size)
{
    internal int End => Offset + Size;

    internal bool IsNumber => Size is 1 or 2 or 4 or 8;

    /// <summary>Reads an unsigned number; the record must reach to <see cref="End"/>.</summary>
    internal ulong Read(ReadOnlySpan<byte> record) => Size switch
    {
        8 => BinaryPrimitives.ReadUInt64LittleEndian(record[Offset..]),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(record[Offset..]),
        2 => BinaryPrimitives.ReadUInt16LittleEndian(record[Offset..]),
        _ => record[Offset],
    };
}
