using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Tracer.Tests.Kernel.Driving;

/// <summary>Driving the kernel's DAMON, against a model of its sysfs interface: what is written when, and above all when nothing is.</summary>
public sealed class KernelDamonTests : IDisposable
{
    private const int Tid = 501;
    private const string Context = "0/contexts/0/";

    private readonly FakeProc _proc = new();
    private readonly ModelSysfs _sysfs = new() { NextTid = Tid };

    private static KernelContext Vaddr => new(KernelContext.Vaddr, new DamonAttributes(), [4242, 4243], []);

    public void Dispose() => _proc.Dispose();

    [Fact]
    public void Start_WritesEverySettingAndSwitchesOn()
    {
        using DrivenKdamond kdamond = Damon().Start(Vaddr);

        Assert.Equal("nr_kdamonds=1", _sysfs.Writes[0]);
        Assert.Equal("0/state=on", _sysfs.Writes[^1]);
        Assert.Equal("vaddr", _sysfs.Committed[Context + "operations"]);
        Assert.Equal("5000", _sysfs.Committed[Context + "monitoring_attrs/intervals/sample_us"]);
        Assert.Equal("100000", _sysfs.Committed[Context + "monitoring_attrs/intervals/aggr_us"]);
        Assert.Equal("1000000", _sysfs.Committed[Context + "monitoring_attrs/intervals/update_us"]);
        Assert.Equal("10", _sysfs.Committed[Context + "monitoring_attrs/nr_regions/min"]);
        Assert.Equal("1000", _sysfs.Committed[Context + "monitoring_attrs/nr_regions/max"]);
        Assert.Equal("4242", _sysfs.Committed[Context + "targets/0/pid_target"]);
        Assert.Equal("4243", _sysfs.Committed[Context + "targets/1/pid_target"]);
        Assert.Equal("0", _sysfs.Committed[Context + "targets/0/regions/nr_regions"]);
        Assert.Equal(Tid, kdamond.Tid);
        Assert.False(kdamond.IsRunning, "its thread is not there yet");
        _proc.Add(Tid, "kdamond.0", 5000, kernelThread: true);
        Assert.True(kdamond.IsRunning);
        Assert.False(kdamond.CleanedUp);
    }

    [Fact]
    public void Start_GivesEveryTargetItsRanges()
    {
        AddressRange[] ranges = [new(4096, 8192), new(1UL << 40, (1UL << 40) + 4096)];
        using DrivenKdamond kdamond = Damon().Start(new KernelContext(KernelContext.Paddr, new DamonAttributes(), [], ranges));

        Assert.Equal("1", _sysfs.Committed[Context + "targets/nr_targets"]);
        Assert.Equal("2", _sysfs.Committed[Context + "targets/0/regions/nr_regions"]);
        Assert.Equal("8192", _sysfs.Committed[Context + "targets/0/regions/0/end"]);
        Assert.Equal("1099511627776", _sysfs.Committed[Context + "targets/0/regions/1/start"]);
    }

    /// <summary>An aggregation has 20 samples of 5 ms: 5 % is 1 sample, 10 Hz is 1 sample, 3 s are 30 aggregations.</summary>
    [Fact]
    public void Start_WritesSchemesInTheKernelsUnits()
    {
        Scheme scheme = SchemeLine.Parse(
            "4K max 0 5% 3s max pageout quota=64M/1s,10ms/1s weights=0,3,1 goal=some_mem_psi_us:10ms wmarks=free_mem_rate:50%,40%,20%/2s apply=250ms "
            + "filter=reject:addr:0x1000-0x3000 filter=reject:not:target:1");
        using DrivenKdamond kdamond = Damon().Start(Vaddr with { Schemes = [SchemeLine.Parse("min max 10Hz max min max stat"), scheme] });

        string Of(string file) => _sysfs.Committed[$"{Context}schemes/{file}"];
        Assert.Equal(("2", "stat", "1"), (Of("nr_schemes"), Of("0/action"), Of("0/access_pattern/nr_accesses/min")));
        Assert.Equal(("pageout", "4096", "18446744073709551615"), (Of("1/action"), Of("1/access_pattern/sz/min"), Of("1/access_pattern/sz/max")));
        Assert.Equal(("0", "1"), (Of("1/access_pattern/nr_accesses/min"), Of("1/access_pattern/nr_accesses/max")));
        Assert.Equal(("30", "4294967295"), (Of("1/access_pattern/age/min"), Of("1/access_pattern/age/max")));
        Assert.Equal(("10", "67108864", "1000", "250000"), (Of("1/quotas/ms"), Of("1/quotas/bytes"), Of("1/quotas/reset_interval_ms"), Of("1/apply_interval_us")));
        Assert.Equal(("0", "3", "1"), (Of("1/quotas/weights/sz_permil"), Of("1/quotas/weights/nr_accesses_permil"), Of("1/quotas/weights/age_permil")));
        Assert.Equal(("some_mem_psi_us", "10000"), (Of("1/quotas/goals/0/target_metric"), Of("1/quotas/goals/0/target_value")));
        Assert.Equal(
            ("free_mem_rate", "2000000", "500", "400", "200"),
            (Of("1/watermarks/metric"), Of("1/watermarks/interval_us"), Of("1/watermarks/high"), Of("1/watermarks/mid"), Of("1/watermarks/low")));
        Assert.Equal(("addr", "Y", "4096", "12288"), (Of("1/filters/0/type"), Of("1/filters/0/matching"), Of("1/filters/0/addr_start"), Of("1/filters/0/addr_end")));
        Assert.Equal(("target", "N", "1"), (Of("1/filters/1/type"), Of("1/filters/1/matching"), Of("1/filters/1/damon_target_idx")));
    }

    /// <summary>What the kernel would do otherwise than the file says is refused, and nothing is left behind.</summary>
    [Theory]
    [InlineData("2M max 0 0 2s max demote", "the kernel has no action 'demote'")]
    [InlineData("min max 0 0 2s max pageout filter=reject:anon", "the kernel passes over the filter 'anon' when it does 'pageout'")]
    [InlineData("min max 0 0 2s max stat filter=reject:mapping:x", "the kernel has no filter 'mapping'")]
    [InlineData("min max 0 0 2s max pageout wmarks=mem_pressure:50%,40%,20%", "no watermarks by mem_pressure")]
    [InlineData("min max 0 0 2s max stat filter=allow:addr:0x1000-0x2000", "does not know filters that allow")]
    [InlineData("min max 0 0 2s max stat goal=some_mem_psi_us:1ms tuner=temporal", "does not know the tuner")]
    [InlineData("min max 0 0 2s max stat snapshots=3", "does not know an end after some snapshots")]
    public void Start_RefusesWhatTheKernelCannot(string line, string why)
    {
        KernelDamonException refusal = Assert.Throws<KernelDamonException>(() => Damon().Start(Vaddr with { Schemes = [SchemeLine.Parse(line)] }));

        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("0", _sysfs["nr_kdamonds"]);
    }

    [Fact]
    public void Start_SetsTheIntervalsGoal()
    {
        var attributes = new DamonAttributes { IntervalsGoal = new IntervalsGoal { AccessBp = 300, Aggrs = 5 } };
        using DrivenKdamond kdamond = Damon().Start(Vaddr with { Attributes = attributes });

        Assert.Equal("300", _sysfs.Committed[Context + "monitoring_attrs/intervals/intervals_goal/access_bp"]);
        Assert.Equal("5", _sysfs.Committed[Context + "monitoring_attrs/intervals/intervals_goal/aggrs"]);
    }

    [Fact]
    public void Stop_RemovesTheKdamondAndTheNote()
    {
        DrivenKdamond kdamond = Damon().Start(Vaddr);
        Assert.Null(kdamond.Stop());

        Assert.False(_sysfs.IsOn);
        Assert.Equal("0", _sysfs["nr_kdamonds"]);
        Assert.Equal(KernelDamonOwner.Nobody, Damon().Inspect().Owner);
        using DrivenKdamond again = Damon().Start(Vaddr);
        Assert.False(again.CleanedUp);
    }

    [Fact]
    public void Stop_AfterTheKdamondEndedByItself_RemovesIt()
    {
        DrivenKdamond kdamond = Damon().Start(Vaddr);
        _sysfs.End();
        Assert.Null(kdamond.Stop());
        Assert.Equal("0", _sysfs["nr_kdamonds"]);
    }

    /// <summary>The one that matters most: whatever exists and is not provably ours, in any state, keeps every byte of its own.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    public void Start_WhileSomebodyElsesKdamondExists_WritesNothing(int count, bool on)
    {
        _sysfs.CreateForeign(count, on);

        KernelDamonException refusal = Assert.Throws<KernelDamonException>(() => Damon().Start(Vaddr));

        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_sysfs.Writes);
        Assert.False(Directory.Exists(_proc.StateDirectory), "a refusal made a directory");
        Assert.False(Damon().CleanUp());
        Assert.Throws<KernelDamonException>(() => Damon().Tune(attributes => attributes));
        Assert.Empty(_sysfs.Writes);
    }

    [Fact]
    public void Start_WhileAModulesKdamondRuns_WritesNothing()
    {
        _proc.Add(88, "kdamond.0", 100, kernelThread: true);
        Assert.Throws<KernelDamonException>(() => Damon().Start(Vaddr));
        Assert.Empty(_sysfs.Writes);
        Assert.False(Directory.Exists(_proc.StateDirectory));
    }

    /// <summary>Our own user-space worker, or anybody's program of that name, is no kdamond of the kernel.</summary>
    [Fact]
    public void Start_IgnoresProcessesThatAreOnlyCalledKdamond()
    {
        _proc.Add(88, "kdamond.0", 100, kernelThread: false);
        using DrivenKdamond kdamond = Damon().Start(Vaddr);
        Assert.True(_sysfs.IsOn);
    }

    [Fact]
    public void Start_WhileAnotherOfUsRecords_WritesNothing()
    {
        using DrivenKdamond first = Damon().Start(Vaddr);
        int before = _sysfs.Writes.Count;
        KernelDamonException refusal = Assert.Throws<KernelDamonException>(() => Damon().Start(Vaddr));
        Assert.Contains("drives the kernel's DAMON already", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, _sysfs.Writes.Count);
        Assert.False(Damon().CleanUp());
        Assert.True(_sysfs.IsOn);
    }

    [Fact]
    public void Start_WhileTheLockIsHeld_WritesNothing()
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle? held = new OwnershipFile(_proc.StateDirectory).TryLock();
        Assert.NotNull(held);
        KernelDamonException refusal = Assert.Throws<KernelDamonException>(() => Damon().Start(Vaddr));
        Assert.Contains("another damon-trace", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_sysfs.Writes);
    }

    [Fact]
    public void Start_AfterKill_RemovesWhatWasLeftBehind()
    {
        Kill();
        Assert.Equal(KernelDamonOwner.EndedRecording, Damon().Inspect().Owner);
        using DrivenKdamond kdamond = Damon().Start(Vaddr);
        Assert.True(kdamond.CleanedUp);
        Assert.True(_sysfs.IsOn);
    }

    [Fact]
    public void CleanUp_AfterKill_RemovesIt()
    {
        Kill();
        Assert.True(Damon().CleanUp());
        Assert.False(_sysfs.IsOn);
        Assert.Equal("0", _sysfs["nr_kdamonds"]);
        Assert.Equal(KernelDamonOwner.Nobody, Damon().Inspect().Owner);
    }

    /// <summary>Everything that breaks the proof: the kdamond is somebody else's then, and nothing is written any more.</summary>
    [Theory]
    [InlineData("another kdamond")]
    [InlineData("another thread")]
    [InlineData("another boot")]
    [InlineData("two kdamonds")]
    public void AfterKill_WhatIsNotProvablyOursIsLeftAlone(string change)
    {
        Kill();
        switch (change)
        {
            case "another kdamond":
                _sysfs.CreateForeign(1, on: true);
                break;
            case "another thread":
                _sysfs.TakeOver();
                break;
            case "another boot":
                _proc.Reboot();
                break;
            case "two kdamonds":
                _sysfs.CreateForeign(2, on: false);
                break;
        }

        int before = _sysfs.Writes.Count;
        Assert.Equal(KernelDamonOwner.Other, Damon().Inspect().Owner);
        Assert.Throws<KernelDamonException>(() => Damon().Start(Vaddr));
        Assert.False(Damon().CleanUp());
        Assert.Equal(before, _sysfs.Writes.Count);
    }

    [Fact]
    public void Stop_AfterSomebodyElseTookOver_LeavesItAlone()
    {
        DrivenKdamond kdamond = Damon().Start(Vaddr);
        _sysfs.TakeOver();
        int before = _sysfs.Writes.Count;
        Assert.Contains("somebody else's", kdamond.Stop(), StringComparison.Ordinal);
        Assert.Equal(before, _sysfs.Writes.Count);
    }

    [Theory]
    [InlineData("paddr", "this kernel's DAMON has no vaddr")]
    [InlineData("vaddr", null)]
    public void Start_WithAnOperationsSetTheKernelLacks_LeavesNothingBehind(string available, string? message)
    {
        _sysfs.AvailableOperations = available;
        if (message is null)
        {
            Damon().Start(Vaddr).Dispose();
        }
        else
        {
            Assert.Contains(message, Assert.Throws<KernelDamonException>(() => Damon().Start(Vaddr)).Message, StringComparison.Ordinal);
        }

        Assert.Equal("0", _sysfs["nr_kdamonds"]);
        Assert.Equal(KernelDamonOwner.Nobody, Damon().Inspect().Owner);
    }

    [Fact]
    public void Start_WithAGoalTheKernelCannotHave_LeavesNothingBehind()
    {
        var old = new ModelSysfs { HasIntervalsGoal = false };
        KernelContext tuned = Vaddr with { Attributes = new DamonAttributes { IntervalsGoal = new IntervalsGoal() } };
        Assert.Throws<KernelDamonException>(() => Damon(old).Start(tuned));
        Assert.Equal("0", old["nr_kdamonds"]);
        using DrivenKdamond plain = Damon(old).Start(Vaddr);
        Assert.True(old.IsOn);
    }

    [Fact]
    public void Start_WithWhatTheKernelRefuses_SaysSoAndLeavesNothingBehind()
    {
        KernelContext wrong = Vaddr with { Attributes = new DamonAttributes { MinNrRegions = 2 } };
        Assert.Contains("does not start", Assert.Throws<KernelDamonException>(() => Damon().Start(wrong)).Message, StringComparison.Ordinal);
        Assert.Equal("0", _sysfs["nr_kdamonds"]);
    }

    [Fact]
    public void Tune_CommitsTheNewAttributesOfARecording()
    {
        using DrivenKdamond kdamond = Damon().Start(Vaddr);
        DamonAttributes now = Damon().Tune(attributes => attributes with { SampleUs = 10_000, AggrUs = 200_000 });
        Assert.Equal(1_000_000UL, now.UpdateUs);
        Assert.Equal("0/state=commit", _sysfs.Writes[^1]);
        Assert.Equal("10000", _sysfs.Committed[Context + "monitoring_attrs/intervals/sample_us"]);
        Assert.Equal("200000", _sysfs.Committed[Context + "monitoring_attrs/intervals/aggr_us"]);
    }

    /// <summary>Other schemes, in the units of the new intervals: 3 s are 15 aggregations of 200 ms.</summary>
    [Fact]
    public void Tune_CommitsNewSchemes()
    {
        using DrivenKdamond kdamond = Damon().Start(Vaddr with { Schemes = [SchemeLine.Parse("4K max 0 0 3s max stat")] });

        _ = Damon().Tune(
            attributes => attributes with { SampleUs = 10_000, AggrUs = 200_000 },
            [SchemeLine.Parse("4K max 0 0 3s max cold quota=1M/1s"), SchemeLine.Parse("4K max 5% max 0 max willneed")]);

        string Of(string file) => _sysfs.Committed[$"{Context}schemes/{file}"];
        Assert.Equal(("2", "cold", "15", "1048576", "willneed"), (Of("nr_schemes"), Of("0/action"), Of("0/access_pattern/age/min"), Of("0/quotas/bytes"), Of("1/action")));
        Assert.Equal("0/state=commit", _sysfs.Writes[^1]);
    }

    [Fact]
    public void Tune_WithASchemeTheKernelCannotDo_WritesNothing()
    {
        using DrivenKdamond kdamond = Damon().Start(Vaddr);
        int writes = _sysfs.Writes.Count;

        KernelDamonException refusal = Assert.Throws<KernelDamonException>(() => Damon().Tune(attributes => attributes, [SchemeLine.Parse("4K max 0 0 3s max demote")]));

        Assert.Contains("the kernel has no action 'demote'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(writes, _sysfs.Writes.Count);
    }

    [Fact]
    public void SetUserInput_ReachesItsGoalsAlone()
    {
        using DrivenKdamond kdamond = Damon().Start(Vaddr with
        {
            Schemes =
            [
                SchemeLine.Parse("4K max 0 0 3s max cold goal=some_mem_psi_us:10ms goal=user_input:5000:1"),
                SchemeLine.Parse("4K max 0 0 3s max cold"),
            ],
        });

        Assert.Equal(1, Damon().SetUserInput(4711));

        Assert.Equal("0", _sysfs[$"{Context}schemes/0/quotas/goals/0/current_value"]);
        Assert.Equal("4711", _sysfs[$"{Context}schemes/0/quotas/goals/1/current_value"]);
        Assert.Equal("0/state=commit_schemes_quota_goals", _sysfs.Writes[^1]);
    }

    [Fact]
    public void SetUserInput_WithoutSuchAGoal_IsRefused()
    {
        using DrivenKdamond kdamond = Damon().Start(Vaddr);

        Assert.Contains("no scheme at work has a goal by user input", Assert.Throws<KernelDamonException>(() => Damon().SetUserInput(1)).Message, StringComparison.Ordinal);
    }

    /// <summary>In a dry run the kernel counts what it would act on; a scheme that it cannot do is refused all the same.</summary>
    [Fact]
    public void DryRun_LetsTheKernelCountOnly()
    {
        using DrivenKdamond kdamond = Damon().Start(Vaddr with { Schemes = [SchemeLine.Parse("4K max 0 0 3s max pageout")], SchemesDryRun = true });
        Assert.Equal("stat", _sysfs.Committed[$"{Context}schemes/0/action"]);
        kdamond.Stop();

        Assert.Throws<KernelDamonException>(
            () => Damon().Start(Vaddr with { Schemes = [SchemeLine.Parse("4K max 0 0 3s max pageout filter=reject:anon")], SchemesDryRun = true }));
    }

    [Fact]
    public void Statistics_AreOfAllSchemes()
    {
        using DrivenKdamond kdamond = Damon().Start(Vaddr with { Schemes = [SchemeLine.Parse("4K max 0 0 3s max stat"), SchemeLine.Parse("4K max 0 0 3s max cold")] });
        _ = _sysfs.Write($"{Context}schemes/1/stats/sz_tried", "8192");

        Events.DamosStatistics[] statistics = [.. kdamond.ReadStatistics()];

        Assert.Equal([(0u, 0UL), (1u, 8192UL)], statistics.Select(one => (one.SchemeIdx, one.SzTried)));
        Assert.Equal(Events.DamosStatistics.Unknown, statistics[0].NrSnapshots); // Linux 6.12 does not count them
        Assert.Contains("0/state=update_schemes_stats", _sysfs.Writes);
    }

    [Fact]
    public void Tune_OfALeftoverIsRefused()
    {
        Kill();
        int before = _sysfs.Writes.Count;
        Assert.Throws<KernelDamonException>(() => Damon().Tune(attributes => attributes));
        Assert.Equal(before, _sysfs.Writes.Count);
    }

    [Fact]
    public void Inspect_OfAnInterfaceThatMayNotBeRead_SaysWho()
    {
        KernelDamonState state = Damon(new ModelSysfs { IsUnreadable = true }).Inspect();
        Assert.Equal(KernelDamonOwner.Unknown, state.Owner);
        Assert.Equal("run as root", state.Capability.Hint);
    }

    [Theory]
    [InlineData(true, "debugfs only")]
    [InlineData(false, "no sysfs interface")]
    public void Inspect_WithoutSysfs_TellsWhetherDebugfsHasIt(bool debugfs, string reason)
    {
        using var files = new TemporaryDirectory();
        files.Write("debugfs/monitor_on", "off\n");
        var inspector = new KernelDamonInspector(
            new DamonSysfs(files.File("nothing")), _proc.Threads, new OwnershipFile(_proc.StateDirectory), files.File(debugfs ? "debugfs" : "none"));
        KernelDamonState state = inspector.Inspect();
        Assert.False(state.Capability.Available);
        Assert.Contains(reason, state.Capability.Reason, StringComparison.Ordinal);
        Assert.Contains("CONFIG_DAMON_SYSFS", state.Capability.Hint, StringComparison.Ordinal);
    }

    /// <summary>A recording starts and its process is gone, without any chance to clean up.</summary>
    private void Kill()
    {
        var dead = new KernelDamon(_sysfs, _proc.Threads, new OwnershipFile(_proc.StateDirectory));
        DrivenKdamond kdamond = dead.Start(Vaddr);
        Ownership note = new OwnershipFile(_proc.StateDirectory).Read()!;
        kdamond.ReleaseLock();
        new OwnershipFile(_proc.StateDirectory).Write(note with { RecorderPid = 3, RecorderStartTicks = 17 });
    }

    private KernelDamon Damon(ModelSysfs? sysfs = null) => new(sysfs ?? _sysfs, _proc.Threads, new OwnershipFile(_proc.StateDirectory));
}
