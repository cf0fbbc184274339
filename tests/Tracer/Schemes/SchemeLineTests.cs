using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Tracer.Tests.Schemes;

public sealed class SchemeLineTests
{
    [Fact]
    public void Line_HasEverythingInItsUnits()
    {
        Scheme scheme = SchemeLine.Parse(
            "4K 2M 5% 10Hz 500ms 3aggrs pageout name=x quota=64M/1s,10ms/1s weights=0,1,3 goal=some_mem_psi_us:10ms goal=node_mem_free_bp:20% "
            + "tuner=temporal wmarks=free_mem_rate:50%,40%,20%/2s apply=250ms filter=reject:not:mapping:/var/a:b* filter=allow:addr:0x1000-0x3000");

        Assert.Equal((4096UL, 2UL << 20), (scheme.Pattern.MinSize, scheme.Pattern.MaxSize));
        Assert.Equal((AccessBound.Percent(5), AccessBound.Hz(10)), (scheme.Pattern.MinAccesses, scheme.Pattern.MaxAccesses));
        Assert.Equal((AgeBound.Time(TimeSpan.FromMilliseconds(500)), AgeBound.Aggregations(3)), (scheme.Pattern.MinAge, scheme.Pattern.MaxAge));
        Assert.Equal((SchemeAction.PageOut, "x", 250_000UL), (scheme.Action, scheme.Title, scheme.ApplyIntervalUs));
        Assert.Equal((64UL << 20, 10UL, 1000UL), (scheme.Quota.SizeBytes, scheme.Quota.TimeMs, scheme.Quota.ResetIntervalMs));
        Assert.Equal((new PriorityWeights(0, 1, 3), QuotaTuner.Temporal), (scheme.Quota.Weights, scheme.Quota.Tuner));
        Assert.Equal([(QuotaGoalMetric.SomeMemPsiUs, 10_000UL), (QuotaGoalMetric.MemFreeBp, 2_000UL)], scheme.Quota.Goals.Select(goal => (goal.Metric, goal.TargetValue)));
        Assert.Equal(new SchemeWatermarks { Metric = WatermarkMetric.FreeMemRate, High = 500, Mid = 400, Low = 200, IntervalUs = 2_000_000 }, scheme.Watermarks);
        Assert.Equal(new SchemeFilter { Kind = FilterKind.Mapping, Matching = false, Allow = false, Name = "/var/a:b*" }, scheme.Filters[0]);
        Assert.Equal((FilterKind.Address, true, 0x1000UL, 0x3000UL), (scheme.Filters[1].Kind, scheme.Filters[1].Allow, scheme.Filters[1].Range.Start, scheme.Filters[1].Range.End));
    }

    /// <summary>The column, what was expected, and what was found.</summary>
    [Theory]
    [InlineData("4K max 5 max 0 max pageout", "column 8: expected how often it is accessed", "found '5'")]
    [InlineData("4K max 0 0 30 max pageout", "column 12: expected an age", "found '30'")]
    [InlineData("4K max 0 0 30s max evict", "column 20: expected an action", "found 'evict'")]
    [InlineData("4K max 0 0", "column 11: expected min-age", "found the end of the line")]
    [InlineData("2M 4K 0 0 min max stat", "column 4: expected at least '2M'", "found '4K'")]
    [InlineData("4K max 0 0 min max stat quota=64M", "column 31: expected an amount in a time", "found '64M'")]
    [InlineData("4K max 0 0 min max stat quota=0/1s", "column 31: expected more than nothing", "found '0'")]
    [InlineData("4K max 0 0 min max stat colour=red", "column 25: expected name=", "found 'colour=red'")]
    [InlineData("4K max 0 0 min max stat filter=reject:anon:x", "column 39: expected anon without a value", "found 'anon'")]
    [InlineData("4K max 0 0 min max stat wmarks=free_mem_rate:20%,40%,50%", "expected the highest first", "found '20%,40%,50%'")]
    [InlineData("4K max 0 0 min max stat wmarks=free_mem_rate:200%,40%,5%", "expected 0% to 100%", "found '200%'")]
    [InlineData("4K max -1% 0 min max stat", "column 8: expected how often", "found '-1%'")]
    [InlineData("4K max 101% max min max stat", "column 8: expected at most 100%", "found '101%'")]
    [InlineData("4K max 0 0 min max stat snapshots=0", "column 35: expected more than nothing", "found '0'")]
    [InlineData("4K max 0 0 min max stat filter=allow:hugepage_size:2M-4K", "column 52: expected a size, or the smallest", "found '2M-4K'")]
    [InlineData("4K max 0 0 min max stat filter=allow:hugepage_size:4K-2M-1G", "column 52: expected a size, or the smallest", "found '4K-2M-1G'")]
    [InlineData("99999999999T max 0 0 min max stat", "column 1: expected a size", "found '99999999999T'")]
    [InlineData("4K max 0 0 9e9s max stat", "column 12: expected an age", "found '9e9s'")]
    [InlineData("4K max 0 0 1s max cold quota=64/1s", "a quota of 64 bytes is less than a page", "")]
    [InlineData("4K max 0 0 1s max cold quota=64M/1s quota=10ms/1s", "column 37: 'quota' stands twice", "")]
    [InlineData("4K max 0 0 1s max cold weights=0,0,1", "column 24: 'weights' has no meaning without a quota", "")]
    [InlineData("4K max 0 0 1s max cold reset=1s", "column 24: 'reset' has no meaning without a quota", "")]
    [InlineData("4K max 0 0 1s max cold node=1", "column 24: 'node' has no meaning without a migration", "")]
    public void Mistake_SaysWhereExpectedAndFound(string line, string expected, string found)
    {
        SchemeException problem = Assert.Throws<SchemeException>(() => SchemeLine.Parse(line));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Contains(found, problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Hint);
    }

    [Fact]
    public void File_HasCommentsAndLineNumbers()
    {
        IReadOnlyList<Scheme> schemes = SchemeFile.Parse("# cold memory\n\n4K max 0 0 30s max pageout # out\r\nmin max min max min max stat", "f");

        Assert.Equal([SchemeAction.PageOut, SchemeAction.Stat], schemes.Select(scheme => scheme.Action));
        Assert.StartsWith("f, line 3: column 2:", Assert.Throws<SchemeException>(() => SchemeFile.Parse("\n\nx", "f")).Message, StringComparison.Ordinal);
        Assert.Single(SchemeFile.Parse("\uFEFF4K max 0 0 30s max pageout\n", "of an editor that begins files so"));
        Assert.Contains("has no scheme", Assert.Throws<SchemeException>(() => SchemeFile.Parse("# nothing\n", "f")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4K max 0 0 30s max pageout quota=64M/1s", "Pages out regions of any size that are not accessed, unchanged for 30s or longer. At most 64M in 1s.")]
    [InlineData("min max min max min max migrate_hot node=1", "Moves to memory node 1 regions of any size that are accessed or not. There is no quota: all that matches, at once.")]
    [InlineData("2M max 5% max min 1m collapse", "Makes huge pages of regions of 2M and more that are accessed in 5% or more, unchanged for 1m at most. There is no quota: all that matches, at once.")]
    public void Sentence_SaysWhatItDoes(string line, string sentence) => Assert.Equal(sentence, SchemeSentence.Describe(SchemeLine.Parse(line)));
}
