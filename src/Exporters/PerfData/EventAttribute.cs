using System.Buffers.Binary;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>struct perf_event_attr (include/uapi/linux/perf_event.h): what an event is and which fields its samples have.</summary>
/// <param name="Type">2 for tracepoints.</param>
/// <param name="Config">Of a tracepoint its id: common_type of its records and ID of its format.</param>
/// <param name="SampleType">Bits of <see cref="PerfData.SampleType"/>.</param>
/// <param name="ReadFormat">Shape of the READ field.</param>
/// <param name="Flags">The bit field at offset 40.</param>
/// <param name="ClockId">The clock of all times, when <see cref="UseClockId"/> is set.</param>
internal sealed record EventAttribute(uint Type, ulong Config, ulong SampleType, ulong ReadFormat, ulong Flags, int ClockId)
{
    /// <summary>PERF_ATTR_SIZE_VER7. perf refuses a larger attribute than it knows; perf 6.1, 6.12 and 7.3 take this one.</summary>
    internal const int Bytes = 128;

    /// <summary>PERF_ATTR_SIZE_VER0: the smallest there is.</summary>
    internal const int MinBytes = 64;

    internal const uint TypeTracepoint = 2;
    internal const ulong ExcludeKernel = 1 << 5;
    internal const ulong SampleIdAll = 1 << 18;
    internal const ulong UseClockId = 1 << 25;

    private const int ClockIdAt = 92;

    internal bool HasSampleIds => (Flags & SampleIdAll) != 0;

    /// <summary>Reads an attribute of any version: what an old one lacks is zero.</summary>
    internal static EventAttribute Parse(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
        bytes.Length >= ClockIdAt + sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(bytes[ClockIdAt..]) : 0);

    internal byte[] ToBytes()
    {
        byte[] bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Type);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Config);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), 1); // sample_period: every event
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), SampleType);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), ReadFormat);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), Flags);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(ClockIdAt), ClockId);
        return bytes;
    }
}
