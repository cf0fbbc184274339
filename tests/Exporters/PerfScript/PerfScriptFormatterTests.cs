using System.Text;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

public sealed class PerfScriptFormatterTests
{
    [Theory]
    [InlineData(PerfCompat.Perf64, "       kdamond.0    77 [000]   779.540937: damon:damon_aggregated: target_id=0 nr_regions=1258 4294967296-4296138752: 0 11\n")]
    [InlineData(PerfCompat.Perf65, "       kdamond.0      77 [000]   779.540937: damon:damon_aggregated: target_id=0 nr_regions=1258 4294967296-4296138752: 0 11\n")]
    public void Line_IsWhatPerfPrintedOfTheSameEvent(PerfCompat compat, string expected)
    {
        RegionEvent region = new() { TimestampNs = 779_540_937_226, Cpu = 0, Start = 4294967296, End = 4296138752, Age = 11 };
        Assert.Equal(expected, Format(new PerfScriptOptions { Compat = compat }, "kdamond.0"u8.ToArray(), 77, 0, 1258, region));
    }

    [Theory]
    [InlineData("damon trace x", 99999, 7, 99_999_999_999_999, "   damon trace x 99999 [007] 99999.999999: ")]
    [InlineData("fifteen_chars_x", 100000, 64, 100_000_000_000_000, " fifteen_chars_x 100000 [064] 100000.000000: ")]
    [InlineData("", 6, 1000, 1_000_000_123_456_789, "                     6 [1000] 1000000.123456: ")]
    [InlineData("müß", 8, 0, 0, "           müß     8 [000]     0.000000: ")]
    public void Columns_GrowAndArePaddedInBytes(string comm, int tid, int cpu, long time, string expectedHead)
    {
        RegionEvent region = new() { TimestampNs = time, Cpu = cpu };
        string line = Format(new PerfScriptOptions { Compat = PerfCompat.Perf64 }, Encoding.UTF8.GetBytes(comm), tid, 0, 1, region);
        Assert.StartsWith(expectedHead + "damon:damon_aggregated: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Nanoseconds_AreAllPrinted()
    {
        RegionEvent region = new() { TimestampNs = 1_000_000_789 };
        string line = Format(new PerfScriptOptions { Nanoseconds = true }, "k"u8.ToArray(), 1, 0, 1, region);
        Assert.Contains("] " + "    1.000000789: damon", line, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownCpu_HasNoColumn()
    {
        RegionEvent region = new() { TimestampNs = 1_000_000_000, Cpu = -1 };
        string line = Format(new PerfScriptOptions(), "k"u8.ToArray(), 1, 0, 1, region);
        Assert.StartsWith("               k       1     1.000000: damon:", line, StringComparison.Ordinal);
    }

    [Fact]
    public void EventNames_ArePaddedToTheLongest()
    {
        PerfScriptFormatter formatter = new(new PerfScriptOptions { AllEvents = true, Compat = PerfCompat.Perf64 });
        byte[] buffer = new byte[1024];
        Assert.True(formatter.TryFormatIntervalsTune("kdamond.0"u8, 77, 1, 1_072_084_822_000, 5000, buffer, out int written));
        Assert.Equal(
            "       kdamond.0    77 [001]  1072.084822:    damon:damon_monitor_intervals_tune: sample_us=5000\n",
            Encoding.UTF8.GetString(buffer, 0, written));
        formatter.Begin("kdamond.0"u8, 77, 0, 1);
        Assert.True(formatter.TryFormat(new RegionEvent { TimestampNs = 1_072_084_822_000 }, buffer, out written));
        Assert.StartsWith(
            "       kdamond.0    77 [000]  1072.084822:                damon:damon_aggregated: target_id=0 ",
            Encoding.UTF8.GetString(buffer, 0, written), StringComparison.Ordinal);
    }

    [Fact]
    public void RandomLines_FollowTheRuleAndSurviveTheReader()
    {
        Random random = new(TestSeed.Value);
        PerfScriptLineParser parser = new(new EventNames());
        PerfScriptLine parsed = default;
        byte[] buffer = new byte[1024];
        for (int i = 0; i < 60_000; i++)
        {
            PerfScriptOptions options = new() { Compat = (PerfCompat)(i & 1), Nanoseconds = (i & 2) != 0 };
            ReferenceLine reference = ReferenceLine.Random(random);
            byte[] expected = reference.ToBytes(options.TidWidth, options.Nanoseconds);
            PerfScriptFormatter formatter = new(options);
            formatter.Begin(reference.Comm, reference.Tid, reference.TargetId, reference.NrRegions);
            Assert.True(formatter.TryFormat(reference.Region, buffer, out int written));
            string shown = $"seed {TestSeed.Value}, line {i}: {Encoding.Latin1.GetString(expected)}";
            Assert.True(expected.AsSpan().SequenceEqual(buffer.AsSpan(0, written)), shown);

            PerfScriptLineKind kind = parser.Parse(buffer.AsSpan(0, written - 1), ref parsed);
            Assert.True(kind == PerfScriptLineKind.Aggregated, $"{shown}: {kind}, expected {parsed.Expected} at {parsed.ErrorAt}");
            formatter.Begin(Comm.Encode(parsed.Comm), parsed.Tid, parsed.Aggregated.TargetId, parsed.Aggregated.NrRegions);
            RegionEvent region = new()
            {
                TimestampNs = parsed.TimestampNs,
                Cpu = parsed.Cpu,
                Start = parsed.Aggregated.Start,
                End = parsed.Aggregated.End,
                NrAccesses = parsed.Aggregated.NrAccesses,
                Age = parsed.Aggregated.Age,
            };
            Assert.True(formatter.TryFormat(region, buffer, out written));
            Assert.True(expected.AsSpan().SequenceEqual(buffer.AsSpan(0, written)), "after reading: " + shown);
        }
    }

    [Fact]
    public void TooSmallDestination_WritesNothing()
    {
        PerfScriptFormatter formatter = new(new PerfScriptOptions());
        formatter.Begin("kdamond.0"u8, 1, 0, 1);
        for (int size = 0; size < 128; size++)
        {
            Assert.False(formatter.TryFormat(default, new byte[size], out int written));
            Assert.Equal(0, written);
        }
    }

    [Fact]
    public void Formatting_DoesNotAllocate()
    {
        PerfScriptFormatter formatter = new(new PerfScriptOptions());
        byte[] buffer = new byte[1024];
        RegionEvent region = new() { TimestampNs = 779_540_937_226, Start = 4294967296, End = ulong.MaxValue, Age = 11 };
        void Run()
        {
            formatter.Begin("kdamond.0"u8, 77, 0, 1258);
            _ = formatter.TryFormat(region, buffer, out _);
        }

        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Run();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("kdamond.0", "kdamond.0")]
    [InlineData(".NET TP Worker", ".NET_TP_Worker")]
    [InlineData("dämon", "d_mon")]
    [InlineData("", "kdamond")]
    [InlineData("a name beyond fifteen", "a_name_beyond_f")]
    public void OurOwnNames_AreOneWord(string name, string expected) => Assert.Equal(expected, Comm.ToOneWord(name));

    private static string Format(PerfScriptOptions options, byte[] comm, int tid, ulong targetId, uint nrRegions, RegionEvent region)
    {
        PerfScriptFormatter formatter = new(options);
        byte[] buffer = new byte[1024];
        formatter.Begin(comm, tid, targetId, nrRegions);
        Assert.True(formatter.TryFormat(region, buffer, out int written));
        return Encoding.UTF8.GetString(buffer, 0, written);
    }
}
