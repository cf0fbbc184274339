using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Times;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class TimesReportTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Times_are_the_stretches_in_which_a_range_was_hot()
    {
        // Hot at 100 Hz in snapshots 2, 3, 4 and 7; the recording pauses between 8 and 20.
        string expected =
            """
            times with regions of
              frequency from 90 Hz,
              address from 0x000000000000 up to 0x000000002000

            target 0, 6 of 12 snapshots
              after the begin
                      from        until        for      mean size       at most
                  200.0 ms     500.0 ms   300.0 ms      8.000 KiB     8.000 KiB
                  700.0 ms     800.0 ms   100.0 ms      8.000 KiB     8.000 KiB
                    2.00 s       2.20 s   200.0 ms      8.000 KiB     8.000 KiB

            12 snapshots, 0 incomplete, 0 events lost

            """;
        TimesOptions options = new() { MinHz = 90, FromAddress = 0, ToAddress = 2 * Page };
        Assert.Equal(expected, Written.Text(TimesReport.Write, Pulsing(), options));
        Assert.Equal(
            [("200000000", "500000000", "3"), ("700000000", "800000000", "1"), ("2000000000", "2200000000", "2")],
            Written.Csv(TimesReport.Write, Pulsing(), options).Select(row => (row["begin_ns"], row["end_ns"], row["snapshots"])));
    }

    [Theory]
    [InlineData("nr", 6)]
    [InlineData("age", 4)]
    [InlineData("size", 12)]
    [InlineData("elsewhere", 0)]
    [InlineData("any", 12)]
    public void Every_bound_counts(string bound, int matching)
    {
        TimesOptions options = bound switch
        {
            "nr" => new() { MinNrAccesses = 10, MaxNrAccesses = 10 },
            // The cold page is 3, 4, 5 and 6 intervals of 100 ms old four times, and younger or older else.
            "age" => new() { MinAgeUs = 300_000, MaxAgeUs = 600_000, MaxNrAccesses = 0, ToAddress = 11 * Page },
            "size" => new() { MinSizeBytes = 5 * Page, MaxNrAccesses = 0 },
            "elsewhere" => new() { FromAddress = 100 * Page },
            _ => new(),
        };
        Assert.Equal(matching, Written.Json(TimesReport.Write, Pulsing(), options).GetProperty("targets")[0].GetProperty("matching_snapshots").GetInt32());
    }

    [Fact]
    public void Hz_needs_intervals()
    {
        HandmadeRecording recording = new HandmadeRecording { HasIntervals = false }.Snapshot(0, [(0, Page, 1, 0)]);
        RecordingFormatException error = Assert.Throws<RecordingFormatException>(
            () => Written.Text(TimesReport.Write, recording, new TimesOptions { MinHz = 1 }));
        Assert.Contains("tell them with --sample and --aggr", error.Hint, StringComparison.Ordinal);

        TimesOptions told = new() { MinHz = 1, Known = new KnownIntervals(5_000, 100_000) };
        Assert.Contains("1 of 1 snapshots", Written.Text(TimesReport.Write, recording, told), StringComparison.Ordinal);
    }

    /// <summary>Two pages at times hot, eight always warm, one never accessed.</summary>
    private static HandmadeRecording Pulsing()
    {
        HandmadeRecording recording = new();
        uint age = 0;
        foreach (int i in (int[])[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21])
        {
            bool hot = i is 2 or 3 or 4 or 7 or 20 or 21;
            recording.Snapshot(i, [(0, 2 * Page, hot ? 10u : 0u, 0), (2 * Page, 10 * Page, 2, 0), (10 * Page, 16 * Page, 0, age++)]);
        }

        return recording;
    }
}
