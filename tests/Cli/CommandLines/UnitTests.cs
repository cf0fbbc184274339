using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Tests.Formats;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Tests.CommandLines;

/// <summary>Numbers mean the same everywhere, and what could be meant in two ways is refused.</summary>
public sealed class UnitTests
{
    [Theory]
    [InlineData("10", 10_000_000)]
    [InlineData("0.5", 500_000)]
    [InlineData("5ms", 5_000)]
    [InlineData("100us", 100)]
    [InlineData("1s", 1_000_000)]
    [InlineData("2min", 120_000_000)]
    [InlineData("2m", 120_000_000)]
    [InlineData("1200h", 4_320_000_000_000)]
    [InlineData("1d", 86_400_000_000)]
    public void Duration_OfABareNumberIsSeconds(string text, ulong us)
    {
        Assert.True(Duration.TryParseUs(text, out ulong parsed));
        Assert.Equal(us, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("5 s")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999")]
    [InlineData("200000d")]
    public void Duration_RefusesWhatIsNone(string text) => Assert.False(Duration.TryParseUs(text, out _));

    /// <summary>As reports, /proc/PID/maps and the events print them.</summary>
    [Theory]
    [InlineData("0x1000-0x2000", 0x1000, 0x2000)]
    [InlineData("562010100000-562010200000", 0x5620_1010_0000, 0x5620_1020_0000)]
    [InlineData("7ffef529c000-7ffef529e000", 0x7ffe_f529_c000, 0x7ffe_f529_e000)]
    [InlineData("00400000-00452000", 0x40_0000, 0x45_2000)]
    [InlineData("0x562010100000-562010200000", 0x5620_1010_0000, 0x5620_1020_0000)]
    [InlineData("94426021273600-94426021363712", 94426021273600, 94426021363712)]
    public void Range_IsReadAsItIsPrinted(string text, ulong start, ulong end)
    {
        Assert.True(AddressRanges.TryParseOne(text, out AddressRange range), AddressRanges.Explain(text));
        Assert.Equal(new AddressRange(start, end), range);
    }

    [Theory]
    [InlineData("4096-8192", "may be hexadecimal or decimal")]
    [InlineData("10000000-20000000", "may be hexadecimal or decimal")]
    [InlineData("0x2000-0x1000", "is not an address range")]
    [InlineData("0x1000", "is not an address range")]
    [InlineData("0x-0x1", "is not an address range")]
    [InlineData("0x10000000000000000-0x20000000000000000", "is not an address range")]
    public void Range_ThatCouldBeMeantEitherWayIsRefused(string text, string message)
    {
        Assert.False(AddressRanges.TryParseOne(text, out _));
        Assert.Contains(message, AddressRanges.Explain(text), StringComparison.Ordinal);
    }

    /// <summary>What a report prints goes back in: the same report of that range alone.</summary>
    [Fact]
    public async Task Report_PrintsRangesThatItReads()
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("a.txt"));
        CommandRun regions = await CommandRun.RunAsync("report", "regions", folder.File("a.txt"));
        string range = regions.Output.Split([' ', '\n']).First(word => word.StartsWith("0x", StringComparison.Ordinal));

        CommandRun times = await CommandRun.RunAsync("report", "times", folder.File("a.txt"), "--address-range", range);

        Assert.True(times.ExitCode == ExitCode.Ok, times.Error);
        Assert.NotEmpty(times.Output);
    }

    [Theory]
    [InlineData("record", "-p", "1", "--duration", "50ms")]
    [InlineData("record", "-p", "1", "--sample", "5", "--duration", "10")]
    public async Task Record_ShorterThanAnAggregationIsRefused(params string[] arguments) =>
        (await CommandRun.RunAsync(arguments)).AssertMistake(ExitCode.Usage, "is shorter than one aggregation");

    [Fact]
    public async Task Record_WithASamplingIntervalOfMinutesIsAskedForTheUnit() =>
        (await CommandRun.RunAsync("record", "-p", "1", "--sample", "5000")).AssertMistake(ExitCode.Usage, "a sampling interval of 5000s");

    /// <summary>pidof prints several on a line, pgrep one on each.</summary>
    [Theory]
    [InlineData("999999998,999999999")]
    [InlineData("999999998 999999999")]
    [InlineData("999999998\n999999999")]
    [InlineData("999999998", "999999999")]
    public async Task ProcessIds_ComeAsPidofAndPgrepPrintThem(params string[] pids) =>
        (await CommandRun.RunAsync(["record", "-p", .. pids, "-o", "-"])).AssertMistake(ExitCode.TargetGone, "there is no process 999999998");
}
