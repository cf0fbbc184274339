using System.Diagnostics;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Tracer.Tests.Schemes;

/// <summary>Actions on another process whose memory is known.</summary>
public sealed class ProcessActionsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The file that is not read any more leaves, the one that is stays; locked, shared and swapless memory is refused by its kind. Before that, a dry
    /// run says the same and does nothing.
    /// </summary>
    [Fact]
    public async Task PageOut_TakesTheColdFileAndNothingElse()
    {
        ForeignTool.RequireRoot("acts on another process");
        using SchemeMemory memory = SchemeMemory.Start();
        Scheme scheme = SchemeLine.Parse("4K max 0 0 1s max pageout");
        using (MemoryMonitor dry = Attach(memory, dryRun: true))
        {
            AppliedScheme planned = dry.Apply(scheme);
            dry.Start();
            await UntilAsync(() => planned.Activity.AskedBytes >= SchemeMemory.Bytes, () => $"{planned.Activity}");
            Assert.Equal(0UL, planned.Activity.AppliedBytes);
        }

        Assert.Equal(SchemeMemory.Bytes, memory.OfFile("cold", "Rss"));
        using MemoryMonitor monitor = Attach(memory);
        AppliedScheme applied = monitor.Apply(scheme);
        string State() => $"cold {memory.OfFile("cold", "Rss")}, {applied.Activity}, refused {string.Join(' ', applied.Activity.Refused)}";
        monitor.Start();

        await UntilAsync(() => memory.OfFile("cold", "Rss") <= SchemeMemory.Bytes / 20
            && Refused(applied, SchemeRefusal.Locked) > 0 && Refused(applied, SchemeRefusal.Shared) > 0, State);
        monitor.Stop();
        await monitor.Finished;

        Assert.InRange(applied.Activity.Counters.SzApplied, SchemeMemory.Bytes - memory.OfFile("cold", "Rss"), applied.Activity.Counters.SzTried);
        Assert.True(memory.OfFile("hot", "Rss") >= SchemeMemory.Bytes / 20 * 19, $"{memory.OfFile("hot", "Rss")} of the hot file are left");
        Assert.Equal(4UL << 20, memory.OfFile("locked", "Rss"));
        Assert.Equal(4UL << 20, memory.OfFile("shared", "Rss"));
        if (File.ReadLines("/proc/swaps").Count() == 1)
        {
            Assert.Equal(16UL << 20, memory.OfAnonymous("Rss"));
            Assert.True(Refused(applied, SchemeRefusal.NoSwap) >= 16UL << 20);
        }
    }

    /// <summary>16 MiB, wherever they begin, have at least seven whole blocks of 2 MiB: huge after collapse, none after demote.</summary>
    [Fact]
    public async Task CollapseAndDemote_MakeHugePagesAndBreakThemUp()
    {
        ForeignTool.RequireRoot("acts on another process");
        using SchemeMemory memory = SchemeMemory.Start();
        Scheme collapse = SchemeLine.Parse("min max min max min max collapse filter=allow:anon");
        using (MemoryMonitor monitor = Attach(memory))
        {
            AppliedScheme applied = monitor.Apply(collapse);
            monitor.Start();
            await UntilAsync(() => memory.OfAnonymous("AnonHugePages") >= 14UL << 20);
        }

        using MemoryMonitor breaking = Attach(memory);
        AppliedScheme demoted = breaking.Apply(collapse with { Action = SchemeAction.Demote });
        breaking.Start();

        await UntilAsync(() => memory.OfAnonymous("AnonHugePages") == 0 && demoted.Activity.AppliedBytes >= 14UL << 20);

        Assert.Equal(16UL << 20, memory.OfAnonymous("Rss"));
    }

    [Fact]
    public async Task Custom_GetsWhatMatches()
    {
        await using MemoryMonitor monitor = MemoryMonitor.Attach(Environment.ProcessId);
        var called = new TaskCompletionSource<(int Pid, ulong Size)>(TaskCreationOptions.RunContinuationsAsynchronously);
        AppliedScheme applied = monitor.Apply(new Scheme { Action = SchemeAction.Custom }, (pid, in region) =>
        {
            called.TrySetResult((pid, region.Size));
            return region.Size;
        });
        monitor.Start();

        (int pid, ulong size) = await called.Task.WaitAsync(s_patience);
        await UntilAsync(() => applied.Activity.AppliedBytes > 0);

        Assert.Equal(Environment.ProcessId, pid);
        Assert.True(size > 0);
    }

    [Theory]
    [InlineData("min max min max min max hugepage", "works on oneself only")]
    [InlineData("min max min max min max migrate_cold", "needs the kernel's DAMON")]
    [InlineData("min max min max min max stat filter=reject:young", "filter 'young' needs the kernel's DAMON")]
    public void Refusal_SaysWhy(string line, string why) =>
        Assert.Contains(why, SchemeFeasibility.Refusal(SchemeLine.Parse(line), isOwnProcess: false)!.Value.Problem, StringComparison.Ordinal);

    private static ulong Refused(AppliedScheme scheme, SchemeRefusal why) => scheme.Activity.Refused.GetValueOrDefault(why);

    private static MemoryMonitor Attach(SchemeMemory memory, bool dryRun = false)
    {
        MemoryMonitor monitor = MemoryMonitor.Attach(memory.Pid, new MonitorOptions { CpuBudget = null, SchemesDryRun = dryRun });
        bool seesPages = monitor.AccessCheck.Kind.Granularity != AccessGranularity.Mapping;
        string refusals = monitor.AccessCheck.Refusals;
        if (!seesPages)
        {
            monitor.Dispose();
        }

        Assert.SkipUnless(seesPages, refusals);
        return monitor;
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string>? state = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < s_patience, $"it did not happen: {state?.Invoke()}");
            await Task.Delay(100);
        }
    }
}
