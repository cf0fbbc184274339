using System.Buffers.Binary;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>Place of one field in a raw trace record, as its format file tells.</summary>
internal readonly record struct TraceField(int Offset, int Size)
{
    /// <summary>A field this kernel does not have: reads as 0.</summary>
    internal static TraceField Absent => default;

    internal bool IsPresent => Size != 0;

    internal int End => Offset + Size;

    /// <summary>The field as an unsigned number; 0 when it is absent or cut off. Allocates nothing, a few ns.</summary>
    internal ulong Read(ReadOnlySpan<byte> raw)
    {
        if (End > raw.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> bytes = raw.Slice(Offset, Size);
        return Size switch
        {
            8 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            1 => bytes[0],
            _ => 0,
        };
    }
}
