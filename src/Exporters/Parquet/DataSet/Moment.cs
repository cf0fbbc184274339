using System.Globalization;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>A time of a recording.</summary>
/// <param name="MonotonicNs">Nanoseconds of the recording's clock.</param>
/// <param name="WallOffsetNs">Added to it: nanoseconds since 1970-01-01 UTC; null where the source has no wall clock.</param>
internal readonly record struct Moment(long MonotonicNs, long? WallOffsetNs)
{
    private const long NsPerTick = 100;

    internal long? WallNs => MonotonicNs + WallOffsetNs;

    /// <summary>Day in UTC; null where the source has no wall clock, or one beyond the calendar.</summary>
    internal DateOnly? Date => WallTicks is { } ticks ? DateOnly.FromDateTime(new DateTime(ticks, DateTimeKind.Utc)) : null;

    private long? WallTicks
    {
        get
        {
            Int128 ticks = DateTime.UnixEpoch.Ticks + ((Int128)(WallNs ?? long.MinValue) / NsPerTick);
            return WallOffsetNs is not null && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? (long)ticks : null;
        }
    }

    /// <summary>The snapshot's first event, else its last check: a snapshot is at one time, so that it is never torn apart.</summary>
    internal static Moment Of(Snapshot snapshot) =>
        new(snapshot.Count > 0 ? snapshot.Regions[0].TimestampNs : snapshot.EndNs ?? 0, snapshot.WallOffsetNs);

    /// <summary>Sorts by time and has no character that file systems or URLs treat specially.</summary>
    internal string ToFileName()
    {
        if (WallTicks is not { } ticks || WallNs is not { } wallNs)
        {
            return string.Create(CultureInfo.InvariantCulture, $"monotonic{MonotonicNs:D19}");
        }

        long nsOfTick = ((wallNs % NsPerTick) + NsPerTick) % NsPerTick;
        return string.Create(CultureInfo.InvariantCulture, $"{new DateTime(ticks):yyyyMMdd'T'HHmmss'.'fffffff}{nsOfTick:D2}Z");
    }
}
