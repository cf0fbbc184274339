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

        bool noSwap = File.ReadLines("/proc/swaps").Count() == 1;
        await UntilAsync(() => memory.OfFile("cold", "Rss") <= SchemeMemory.Bytes / 20
            && Refused(applied, SchemeRefusal.Locked) > 0 && Refused(applied, SchemeRefusal.Shared) > 0
            && (!noSwap || Refused(applied, SchemeRefusal.NoSwap) >= 16UL << 20), State);
        monitor.Stop();
        await monitor.Finished;

        Assert.InRange(applied.Activity.Counters.SzApplied, SchemeMemory.Bytes - memory.OfFile("cold", "Rss"), applied.Activity.Counters.SzTried);
        Assert.True(memory.OfFile("hot", "Rss") >= SchemeMemory.Bytes / 20 * 19, $"{memory.OfFile("hot", "Rss")} of the hot file are left");
        Assert.Equal(4UL << 20, memory.OfFile("locked", "Rss"));
        Assert.Equal(4UL << 20, memory.OfFile("shared", "Rss"));
        if (noSwap)
        {
            Assert.Equal(16UL << 20, memory.OfAnonymous("Rss"));
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
    [InlineData("min max min max min max nohugepage", "works on oneself only")]
    [InlineData("min max min max min max stat filter=reject:active", "filter 'active' needs the kernel's DAMON")]
    [InlineData("min max min max min max pageout filter=allow:unmapped", "filter 'unmapped' needs the kernel's DAMON")]
    [InlineData("min max min max min max migrate_hot node=9999", "memory node")]
    public void Refusal_SaysWhy(string line, string why) =>
        Assert.Contains(why, SchemeFeasibility.Refusal(SchemeLine.Parse(line), isOwnProcess: false)!.Value.Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("min min max max min max stat", "no region is smaller than a page")]
    [InlineData("min max max max min max cold goal=node_mem_free_bp:20%:9999", "there is no memory node 9999 here")]
    public void Limits_SayWhatComesToNothing(string line, string what) =>
        Assert.Contains(SchemeFeasibility.Limits(SchemeLine.Parse(line)), limit => limit.Contains(what, StringComparison.Ordinal));

    /// <summary>All memory matches the pattern; the filter alone keeps what is used, page by page: the hot file stays, the cold one leaves.</summary>
    [Fact]
    public async Task Young_KeepsWhatWasAccessedSinceItWasAskedBefore()
    {
        ForeignTool.RequireRoot("acts on another process");
        using SchemeMemory memory = SchemeMemory.Start();
        using MemoryMonitor monitor = Attach(memory);
        AppliedScheme applied;
        try
        {
            applied = monitor.Apply(SchemeLine.Parse("4K max min max min max pageout filter=reject:young apply=500ms"));
        }
        catch (SchemeException refused) when (refused.Message.Contains("asks single pages", StringComparison.Ordinal))
        {
            Assert.Skip(refused.Message);
            return;
        }

        monitor.Start();
        await UntilAsync(() => memory.OfFile("cold", "Rss") <= SchemeMemory.Bytes / 20);
        monitor.Stop();
        await monitor.Finished;

        Assert.True(memory.OfFile("hot", "Rss") >= SchemeMemory.Bytes / 20 * 19, $"{memory.OfFile("hot", "Rss")} of the hot file are left");
        Assert.True(Refused(applied, SchemeRefusal.Filtered) >= SchemeMemory.Bytes / 2, $"{applied.Activity}");
    }

    [Fact]
    public void Young_WithoutPages_IsRefused()
    {
        using var monitor = MemoryMonitor.Attach(Environment.ProcessId, new MonitorOptions { AccessCheck = "referenced-mappings" });

        SchemeException refused = Assert.Throws<SchemeException>(() => monitor.Apply(SchemeLine.Parse("min max min max min max stat filter=reject:young")));

        Assert.Contains("filter 'young' asks single pages", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>It ends while schemes act on it: that is an end, not a failure.</summary>
    [Theory]
    [InlineData("pageout")]
    [InlineData("cold")]
    [InlineData("willneed")]
    [InlineData("collapse")]
    [InlineData("demote")]
    public async Task Exit_WhileActedOn_IsAnEnd(string action)
    {
        ForeignTool.RequireRoot("acts on another process");
        AppliedScheme applied;
        Task finished;
        using (SchemeMemory memory = SchemeMemory.Start())
        {
            MemoryMonitor monitor = Attach(memory);
            applied = monitor.Apply(SchemeLine.Parse($"min max min max min max {action} apply=5ms"));
            monitor.Start();
            finished = monitor.Finished.ContinueWith(end => monitor.Dispose(), TaskScheduler.Default);
            await UntilAsync(() => applied.Activity.Counters.NrTried > 0);
        }

        await finished.WaitAsync(s_patience);
        Assert.Null(applied.Activity.Problem);
    }

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
