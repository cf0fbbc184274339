using System.Buffers.Binary;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>The fields of the stream's first object, "Trace", that tell its clock.</summary>
internal readonly struct NetTraceHeader
{
    /// <summary>Eight times 16 bits of date, two times 64 bits of clock, four times 32 bits about the machine.</summary>
    public const int Size = 48;

    private const long NsPerSecond = 1_000_000_000;

    private NetTraceHeader(DateTime syncUtc, long syncTicks, long frequency)
    {
        SyncUtc = syncUtc;
        SyncTicks = syncTicks;
        Frequency = frequency;
    }

    public DateTime SyncUtc { get; }

    public long SyncTicks { get; }

    /// <summary>Ticks a second: 10^9 on Linux, where the clock is CLOCK_MONOTONIC.</summary>
    public long Frequency { get; }

    /// <summary>Wall clock minus the recording's clock. The sync point is exact to the millisecond only.</summary>
    public long WallOffsetNs => unchecked(((SyncUtc - DateTime.UnixEpoch).Ticks * 100) - ToNs(SyncTicks));

    public long ToNs(long ticks) => Frequency == NsPerSecond ? ticks : Scale(ticks);

    /// <summary>Null when the fields are not a date and a clock.</summary>
    public static NetTraceHeader? Parse(ReadOnlySpan<byte> fields)
    {
        Span<short> date = stackalloc short[8];
        for (int i = 0; i < date.Length; i++)
        {
            date[i] = BinaryPrimitives.ReadInt16LittleEndian(fields[(i * sizeof(short))..]);
        }

        long frequency = BinaryPrimitives.ReadInt64LittleEndian(fields[24..]);
        bool plausible = date[0] is > 1600 and < 10000 && date[1] is >= 1 and <= 12 && date[3] >= 1
            && date[3] <= DateTime.DaysInMonth(date[0], date[1]) && date[4] is >= 0 and < 24 && date[5] is >= 0 and < 60
            && date[6] is >= 0 and < 60 && date[7] is >= 0 and < 1000 && frequency > 0;
        if (!plausible)
        {
            return null;
        }

        // The third number is the day of the week.
        DateTime sync = new(date[0], date[1], date[3], date[4], date[5], date[6], date[7], DateTimeKind.Utc);
        return new NetTraceHeader(sync, BinaryPrimitives.ReadInt64LittleEndian(fields[16..]), frequency);
    }

    private long Scale(long ticks) => (long)Int128.Clamp((Int128)ticks * NsPerSecond / Frequency, long.MinValue, long.MaxValue);
}
