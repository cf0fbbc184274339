using System.Buffers.Binary;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>The 16 bytes of a kernel comm: at most 15 and a NUL. Compared and stored without a string.</summary>
internal readonly record struct ThreadName(ulong Low, ulong High)
{
    private const int Bytes = 16;

    /// <summary>Takes the bytes up to the first NUL, at most 15.</summary>
    internal static ThreadName Read(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        ReadOnlySpan<byte> used = bytes[..Math.Min(end < 0 ? bytes.Length : end, Comm.MaxBytes)];
        Span<byte> padded = stackalloc byte[Bytes];
        padded.Clear();
        used.CopyTo(padded);
        return new ThreadName(BinaryPrimitives.ReadUInt64LittleEndian(padded), BinaryPrimitives.ReadUInt64LittleEndian(padded[8..]));
    }

    internal string Decode()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], High);
        return Comm.Decode(bytes[..bytes.IndexOf((byte)0)]);
    }
}
