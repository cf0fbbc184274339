using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests.Kernel;

/// <summary>
/// The kernel and our core follow the same rules, shown on a recording of each of the same process with a hot and a cold range: the kernel's
/// vaddr of 6.12 and our access-bits, one after the other in the kernel lab (20 ms, 400 ms, 10 to 60 regions; the test that made them is
/// DrivenTests.Vaddr_AndOurCore_KeepTheSameRulesAndFindTheHotRange).
/// </summary>
public sealed class SameRulesTests(ITestOutputHelper log)
{
    private const string OfTheKernel = "kernel-vaddr.txt";
    private const string OfOurs = "own-vaddr.txt";

    private static readonly ContextAttributes s_attributes = new() { SampleUs = 20_000, AggrUs = 400_000, MinNrRegions = 10, MaxNrRegions = 60 };

    [Theory]
    [InlineData(OfTheKernel)]
    [InlineData(OfOurs)]
    public void Recording_KeepsTheRules(string file)
    {
        RecordedSnapshots recorded = Read(file);
        var rules = RegionRules.Check(s_attributes, recorded.Snapshots);

        log.WriteLine(string.Join(", ", rules.Checked.Select(rule => $"{rule.Key}: {rule.Value}")));
        Assert.Empty(rules.Violations);
        Assert.All(
            (string[])["max_nr_regions", "address order", "nr_accesses", "age", "age threshold", "size limit"],
            rule => Assert.True(rules.Checked.GetValueOrDefault(rule) >= 15, $"{rule} was not put to the test"));
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
        RegionEvent[] last = recorded.Snapshots[^1].Regions;
        for (int i = 0; i < last.Length; i++)
        {
            last[i].Age += addedAge * 100;
            last[i].NrAccesses += addedAccesses;
        }

        (last[0], last[swapped]) = (last[swapped], last[0]);
        Assert.Contains(RegionRules.Check(s_attributes, recorded.Snapshots).Violations, violation => violation.Contains($", {rule}: ", StringComparison.Ordinal));
    }

    private static RecordedSnapshots Read(string file) =>
        RecordedSnapshots.Read(Path.Combine(Repository.Root, "tests", "golden", "input", file));
}
