using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.AccessBits;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>How a large target is made old at its start, on small ones.</summary>
[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed class OldSlicesTests(ReaderFixture fixture)
{
    [Theory]
    [InlineData("private", 20_000)]
    [InlineData("huge", 20_480)]
    public void Slices_MakeAllAnonymousMemoryOldAndSplitNothing(string kind, int pages)
    {
        _ = fixture.Reader;
        using MemoryOfKind memory = MemoryOfKind.Create(kind, pages);
        using var files = new TargetFiles(memory.Target);
        var cold = new ColdClearer(memory.Target.PidFd);
        string before = HugeKb(memory);
        memory.Read(1);
        Assert.All(Walk(memory, files), static leaf => Assert.True(leaf.IsYoung));
        using var drain = new LruDrain();
        var slices = new OldSlices(files, cold, drain);
        int steps = 0;
        ulong next = 0;
        while (!slices.IsDone && steps < 100)
        {
            slices.Step(deadlineNs: 0);
            Assert.True(slices.Next >= next);
            next = slices.Next;
            steps++;
        }

        Assert.True(slices.IsDone);
        Assert.True(steps >= 3, $"{steps} steps");
        Assert.DoesNotContain(Walk(memory, files), static leaf => leaf.IsYoung);
        Assert.Equal(before, HugeKb(memory));
    }

    private LeafEntry[] Walk(MemoryOfKind memory, TargetFiles files)
    {
        ulong[] leaves = new ulong[memory.Pages];
        Assert.Equal(0, fixture.Reader.Walk(files.Pagemap!, memory.Addresses, leaves));
        return [.. leaves.Select(static bits => new LeafEntry(bits))];
    }

    private static string HugeKb(MemoryOfKind memory) => File.ReadLines($"/proc/{memory.Target.Pid}/smaps_rollup")
        .Single(static line => line.StartsWith("AnonHugePages:", StringComparison.Ordinal));
}
