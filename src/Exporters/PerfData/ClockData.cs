using System.Buffers.Binary;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>The CLOCK_DATA feature: u32 version, u32 clock, u64 time of day, u64 time on that clock, taken together.</summary>
internal static class ClockData
{
    private const int Bytes = 24;

    /// <summary>What to add to a time of the recording to get the time of day; null when the version is not known.</summary>
    internal static long? WallOffset(ReadOnlySpan<byte> payload) =>
        payload.Length >= Bytes && BinaryPrimitives.ReadUInt32LittleEndian(payload) == 1
            ? unchecked(BinaryPrimitives.ReadInt64LittleEndian(payload[8..]) - BinaryPrimitives.ReadInt64LittleEndian(payload[16..]))
            : null;
}
