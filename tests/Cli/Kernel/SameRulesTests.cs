using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Xunit.Abstractions;

namespace Damon.Trace.Cli.Tests.Kernel;

/// <summary>
/// The kernel and our core follow the same rules. Both recorded the same workload with the same attributes in the kernel lab (Linux 6.12,
/// vaddr): 64 MB, of which 8 MB are hot; 20 ms, 400 ms, 10 to 60 regions.
/// </summary>
public sealed class SameRulesTests(ITestOutputHelper log)
{
    private const string OfTheKernel = "kernel-vaddr.nettrace";
    private const string OfOurs = "own-vaddr.nettrace";

    [Theory]
    [InlineData(OfTheKernel)]
    [InlineData(OfOurs)]
    public void Recording_KeepsTheRules(string file)
    {
        RecordedSnapshots recorded = Read(file);
        RegionRules rules = Check(recorded, recorded.Snapshots.Select(snapshot => snapshot.Regions));

        log.WriteLine(string.Join(", ", rules.Checked.Select(rule => $"{rule.Key}: {rule.Value}")));
        Assert.Empty(rules.Violations);
        Assert.All(
            (string[])["max_nr_regions", "address order", "nr_accesses", "age", "age threshold", "size limit"],
            rule => Assert.True(rules.Checked.GetValueOrDefault(rule) >= 20, $"{rule} was not put to the test"));
        Assert.All(recorded.Snapshots, snapshot => Assert.True(snapshot.Complete));
    }

    /// <summary>The rules see what would be wrong.</summary>
    [Theory]
    [InlineData("age", 2, 0, 0)]
    [InlineData("nr_accesses", 0, 21, 0)]
    [InlineData("address order", 0, 0, 1)]
    public void Rules_NoticeABrokenRecording(string rule, uint addedAge, uint addedAccesses, int swapped)
    {
        RecordedSnapshots recorded = Read(OfTheKernel);
        RegionEvent[][] snapshots = [.. recorded.Snapshots.Select(snapshot => snapshot.Regions)];
        RegionEvent[] last = snapshots[^1];
        for (int i = 0; i < last.Length; i++)
        {
            last[i].Age += addedAge * 100;
            last[i].NrAccesses += addedAccesses;
        }

        (last[0], last[swapped]) = (last[swapped], last[0]);
        Assert.Contains(Check(recorded, snapshots).Violations, violation => violation.Contains($", {rule}: ", StringComparison.Ordinal));
    }

    private static RegionRules Check(RecordedSnapshots recorded, IEnumerable<RegionEvent[]> snapshots)
    {
        ContextAttributes attributes = recorded.Contexts[0].Attributes;
        Assert.Equal(20_000UL, attributes.SampleUs);
        Assert.Equal(60u, attributes.MaxNrRegions);
        return RegionRules.Check(attributes, snapshots);
    }

    private static RecordedSnapshots Read(string file) =>
        RecordedSnapshots.Read(Path.Combine(Repository.Root, "tests", "golden", "input", file));
}
