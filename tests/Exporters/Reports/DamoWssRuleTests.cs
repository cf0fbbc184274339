using System.Globalization;
using System.Text;
using System.Text.Json;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Wss;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>The same text gives the same working sets as damo's rule, percentile by percentile and snapshot by snapshot.</summary>
public sealed class DamoWssRuleTests
{
    private static readonly int[] s_percentiles = [.. Enumerable.Range(0, 101)];

    [Theory]
    [InlineData(1, 20, 1, 1)]
    [InlineData(2, 0, 1, 1)]
    [InlineData(3, 0, 3, 1)]
    [InlineData(4, 20, 1, 100_000)]
    [InlineData(5, 20, 2, 250_000)]
    [InlineData(6, 0, 1, 250_000)]
    [InlineData(7, 0, 1, 1_000_000)]
    [InlineData(8, 3, 5, 333_333)]
    public void The_same_text_gives_the_same_numbers(int seed, int skip, uint threshold, ulong workTimeUs)
    {
        string text = RandomText(seed);
        DamoWssRule damo = new(text);
        List<List<ulong>> expected = damo.WorkingSets(skip, workTimeUs, threshold);
        WssOptions options = new() { SkipSnapshots = skip, AccessThreshold = threshold, WorkTimeUs = workTimeUs, Percentiles = s_percentiles };

        Assert.Equal(2, expected.Count);
        Assert.All(expected, target => Assert.NotEmpty(target));
        Assert.Equal(expected, Report(text, options with { OverTime = true }, "over_time"));
        Assert.Equal(
            expected.Select(target => s_percentiles.Select(percentile => DamoWssRule.Percentile(target, percentile)).ToList()),
            Report(text, options, "percentiles"));
    }

    [Fact]
    public void All_targets_together_are_the_sum_of_the_nth_smallest()
    {
        string text = RandomText(9);
        List<List<ulong>> targets = new DamoWssRule(text).WorkingSets(20, 1, 1);
        List<ulong> shorter = [.. targets.MinBy(target => target.Count)!.Order()];
        List<ulong> sum = [.. targets.MaxBy(target => target.Count)!.Order().Select((bytes, n) => bytes + (n < shorter.Count ? shorter[n] : 0))];

        WssOptions options = new() { SkipSnapshots = 20, Together = true, Percentiles = s_percentiles };
        Assert.Equal(
            s_percentiles.Select(percentile => DamoWssRule.Percentile(sum, percentile)),
            Assert.Single(Report(text, options, "percentiles")));
    }

    private static List<List<ulong>> Report(string text, WssOptions options, string list)
    {
        StringWriter output = new();
        WssReport.Write(
            () => new RecordingReader(new MemoryStream(Encoding.ASCII.GetBytes(text)), "text"), options,
            ReportFormat.Json, output, CancellationToken.None);
        return [.. JsonDocument.Parse(output.ToString()).RootElement.GetProperty("targets").EnumerateArray()
            .Select(target => target.GetProperty(list).EnumerateArray().Select(row => row.GetProperty("bytes").GetUInt64()).ToList())];
    }

    /// <summary>Two targets, 60 and 50 snapshots about 100 ms apart, some of exactly that; bounds, holes and accesses change each time.</summary>
    private static string RandomText(int seed)
    {
        Random random = new(seed);
        StringBuilder text = new();
        long us = 80_000_000_000 + random.Next(1_000_000);
        for (int shot = 0; shot < 60; shot++)
        {
            us += random.Next(3) == 0 ? 100_000 : random.Next(60_000, 160_000);
            for (int target = 0; target < (shot < 50 ? 2 : 1); target++)
            {
                List<(ulong Start, ulong End)> regions = [];
                ulong at = 4096UL * (ulong)random.Next(1, 50);
                for (int i = random.Next(3, 30); i > 0; i--)
                {
                    ulong start = at + (random.Next(4) == 0 ? 4096UL * (ulong)random.Next(1, 20) : 0);
                    at = start + (4096UL * (ulong)random.Next(1, 40));
                    regions.Add((start, at));
                }

                for (int i = 0; i < regions.Count; i++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"       kdamond.0    4452 [000] {(us + i) / 1_000_000}.{(us + i) % 1_000_000:D6}: ")
                        .Append(CultureInfo.InvariantCulture, $"damon:damon_aggregated: target_id={target} nr_regions={regions.Count} ")
                        .Append(CultureInfo.InvariantCulture, $"{regions[i].Start}-{regions[i].End}: {Math.Max(0, random.Next(-6, 8))} {random.Next(9)}\n");
                }
            }
        }

        return text.ToString();
    }
}
