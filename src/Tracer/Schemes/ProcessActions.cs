using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>
/// Acts on the memory of processes with process_madvise, and counts what really happened: the kernel's return value says what was walked, not
/// what was done, so presence is looked at before and after. Runs on the kdamond's thread.
/// </summary>
internal sealed class ProcessActions : ISchemeEnvironment
{
    private readonly Dictionary<ulong, ActedProcess> _processes = [];
    private readonly List<SchemeTally> _tallies = [];
    private readonly List<(ulong Start, ulong Length)> _pieces = [];
    private readonly List<(int Piece, int Errno)> _failed = [];
    private readonly PageFacts _facts = new();
    private readonly ActionPlan _plan;
    private readonly Func<ulong, AddressRange, ulong> _present;

    internal ProcessActions(bool dryRun)
    {
        IsDryRun = dryRun;
        _plan = new ActionPlan(_facts);
        _present = Present;
    }

    /// <summary>Nothing is done, only planned and counted.</summary>
    internal bool IsDryRun { get; }

    /// <summary>Of the machine.</summary>
    internal MemoryState Memory { get; } = new();

    /// <summary>Told of pages of a target that a filter found young and made old.</summary>
    internal Action<ulong, ReadOnlySpan<AddressRange>>? YoungTaken { get; set; }

    /// <inheritdoc/>
    public long NowNs => Time.GetNs(Time.CLOCK_MONOTONIC);

    internal IReadOnlyList<SchemeTally> Tallies => _tallies;

    internal IEnumerable<ActedProcess> Processes => _processes.Values;

    internal void Add(SchemeTally tally) => _tallies.Add(tally);

    internal void Add(ActedProcess process) => _processes.Add(process.TargetId, process);

    internal void Remove(ulong targetId)
    {
        if (_processes.Remove(targetId, out ActedProcess? process))
        {
            process.CloseFiles();
        }

        _tallies.ForEach(tally => tally.Forget(targetId));
    }

    /// <inheritdoc/>
    public ulong? Read(QuotaGoal goal)
    {
        Memory.Refresh(NowNs);
        return goal.Metric switch
        {
            QuotaGoalMetric.SomeMemPsiUs => Memory.ReadPressureUs(),
            QuotaGoalMetric.ActiveMemBp => MemoryState.Bp(Memory.ActiveKb, Memory.ActiveKb + Memory.InactiveKb),
            QuotaGoalMetric.InactiveMemBp => MemoryState.Bp(Memory.InactiveKb, Memory.ActiveKb + Memory.InactiveKb),
            QuotaGoalMetric.MemFreeBp or QuotaGoalMetric.MemUsedBp or QuotaGoalMetric.CgroupUsedBp or QuotaGoalMetric.CgroupFreeBp => ReadOfNode(goal),
            _ => null,
        };
    }

    private ulong? ReadOfNode(QuotaGoal goal)
    {
        (ulong totalKb, ulong freeKb) = goal.Node is int node ? MemoryNodes.MemoryOf(node) : (Memory.TotalKb, Memory.FreeKb);
        ulong? usedKb = SchemeText.IsOfGroup(goal.Metric) ? CgroupMemory.ReadKb(goal.CgroupPath, goal.Node) : totalKb - freeKb;
        bool isFree = goal.Metric is QuotaGoalMetric.MemFreeBp or QuotaGoalMetric.CgroupFreeBp;
        return usedKb is ulong used && used <= totalKb ? MemoryState.Bp(isFree ? totalKb - used : used, totalKb) : null;
    }

    /// <inheritdoc/>
    public uint? Read(WatermarkMetric metric)
    {
        Memory.Refresh(NowNs);
        return metric == WatermarkMetric.MemPressure ? Memory.ReadPressurePermil()
            : Memory.TotalKb > 0 ? (uint)(Memory.FreeKb * 1000 / Memory.TotalKb) : null;
    }

    /// <inheritdoc/>
    public SchemeReach Plan(RunningScheme scheme, DamonTarget target, AddressRange range, ulong limit, bool ignoreFilters)
    {
        SchemeTally tally = _tallies[scheme.Index];
        if (IsCheap(scheme.Scheme) || !_processes.TryGetValue(target.TargetId, out ActedProcess? process))
        {
            ulong size = Math.Min(limit, range.Size);
            return new SchemeReach(range.Start + size, size);
        }

        Memory.Refresh(NowNs);
        tally.Rules.HasSwap = Memory.HasSwap;
        tally.Rules.IgnoreFilters = ignoreFilters;
        tally.Rules.Cgroup = tally.Rules.AsksCgroup ? process.Cgroup : "";
        _facts.AskAbout(process, tally.Rules.AsksYoung && !ignoreFilters ? target.AccessCheck as IYoungPages : null, tally.Rules.Node);
        int pagemap = process.Pagemap;
        if (pagemap < 0)
        {
            return new SchemeReach(range.End, 0);
        }

        _plan.Make(tally.Rules, pagemap, process.Mappings, range, limit);
        if (!_facts.TakenYoung.IsEmpty)
        {
            YoungTaken?.Invoke(target.TargetId, _facts.TakenYoung);
        }

        return new SchemeReach(_plan.End, _plan.Bytes);
    }

    /// <inheritdoc/>
    public SchemeOutcome Act(RunningScheme scheme, DamonTarget target, in DamonRegion region)
    {
        SchemeTally tally = _tallies[scheme.Index];
        if (scheme.Scheme.Action == SchemeAction.Custom)
        {
            return Call(tally, target, region);
        }

        if (IsCheap(scheme.Scheme) || !_processes.TryGetValue(target.TargetId, out ActedProcess? process))
        {
            tally.Ask(region.Size);
            return new SchemeOutcome(region.Size, 0, region.Size);
        }

        TakeRefusals(tally);
        ulong asked = _plan.Bytes;
        ulong passed = _plan.FilterPassed;
        if (IsDryRun && scheme.Scheme.Action != SchemeAction.Stat)
        {
            asked = Math.Min(asked, tally.CountNew(target.TargetId, _plan.Pieces));
        }

        if (asked == 0 || scheme.Scheme.Action == SchemeAction.Stat)
        {
            tally.Ask(asked);
            return new SchemeOutcome(asked, 0, passed);
        }

        tally.Ask(asked);
        if (IsDryRun || tally.IsRefusedBy(target.TargetId))
        {
            return new SchemeOutcome(asked, 0, passed);
        }

        long beganNs = NowNs;
        ulong applied = Act(tally, process, region);
        tally.Apply(applied, NowNs - beganNs);
        return new SchemeOutcome(asked, applied, passed);
    }

    /// <summary>Looks whether what was paged out came back; to be called every half second.</summary>
    internal void LookBack()
    {
        foreach (SchemeTally tally in _tallies)
        {
            if (tally.Running.Scheme.Action == SchemeAction.PageOut)
            {
                tally.Return(tally.Brake.Look(TimeSpan.FromMicroseconds(NowNs / 1000.0), _present));
                tally.Running.LeastAge = tally.Brake.LeastAge;
            }

            tally.Applied.Activity = tally.ToActivity();
        }
    }

    /// <summary>Needs no knowledge of the memory.</summary>
    private static bool IsCheap(Scheme scheme) => scheme.Action == SchemeAction.Custom
        || (scheme.Action == SchemeAction.Stat && !scheme.Filters.Any(static filter => !filter.IsCore));

    private SchemeOutcome Call(SchemeTally tally, DamonTarget target, in DamonRegion region)
    {
        ulong applied = 0;
        if (!IsDryRun && tally.Applied.Handler is { } handler && _processes.TryGetValue(target.TargetId, out ActedProcess? process))
        {
            long beganNs = NowNs;
            applied = handler(process.Process.Pid, region);
            tally.Apply(applied, NowNs - beganNs);
        }

        tally.Ask(region.Size);
        return new SchemeOutcome(region.Size, applied, region.Size);
    }

    private ulong Act(SchemeTally tally, ActedProcess process, in DamonRegion region)
    {
        SchemeAction action = tally.Running.Scheme.Action;
        if (tally.Rules.Node is int node)
        {
            return Move(tally, process, node);
        }

        int pagemap = process.Pagemap;
        ulong hugeBefore = action == SchemeAction.Collapse ? HugeOfPieces(pagemap) : 0;
        int error = Advise(process, action);
        if (error < 0 && error != -Errno.ESRCH)
        {
            LeaveOut(tally, process, -error);
            return 0;
        }

        return action switch
        {
            SchemeAction.PageOut => CountPagedOut(tally, process, pagemap, region),
            SchemeAction.Collapse => RefuseRest(tally, HugeOfPieces(pagemap) - hugeBefore, _plan.Bytes - hugeBefore),
            SchemeAction.Demote => RefuseRest(tally, _plan.Bytes - HugeOfPieces(pagemap), _plan.Bytes),
            _ => CountAdvised(tally),
        };
    }

    private ulong Move(SchemeTally tally, ActedProcess process, int node)
    {
        PageMove move = process.Move(_plan.Pieces, node);
        if (move.Error < 0 && move.Error != -Errno.ESRCH)
        {
            LeaveOut(tally, process, -move.Error);
        }

        tally.Refuse(SchemeRefusal.Shared, move.Shared);
        tally.Refuse(SchemeRefusal.Other, move.Stayed);
        return move.Moved;
    }

    private static void LeaveOut(SchemeTally tally, ActedProcess process, int errno) => tally.LeaveOut(
        process.TargetId, $"process {process.Process.Pid} ({process.Process.Comm}): the kernel refuses: {Errno.Describe(errno)}");

    private int Advise(ActedProcess process, SchemeAction action)
    {
        _pieces.Clear();
        _failed.Clear();
        foreach (AddressRange piece in _plan.Pieces)
        {
            // An advice on a part of a huge page breaks it up; on the whole it does not.
            _pieces.Add((piece.Start, action == SchemeAction.Demote ? (ulong)Unistd.PageSize : piece.Size));
        }

        int advice = action switch
        {
            SchemeAction.PageOut => SysMman.MADV_PAGEOUT,
            SchemeAction.WillNeed => MADV_WILLNEED,
            SchemeAction.Collapse => SysMman.MADV_COLLAPSE,
            SchemeAction.HugePage => MADV_HUGEPAGE,
            SchemeAction.NoHugePage => MADV_NOHUGEPAGE,
            _ => SysMman.MADV_COLD,
        };
        return process.Advise(_pieces, advice, (piece, errno) => _failed.Add((piece, errno)));
    }

    private ulong CountPagedOut(SchemeTally tally, ActedProcess process, int pagemap, in DamonRegion region)
    {
        ulong stayed = 0;
        ulong locked = 0;
        ulong shared = 0;
        int failed = 0;
        for (int i = 0; i < _plan.Pieces.Count; i++)
        {
            AddressRange piece = _plan.Pieces[i];
            ulong present = _plan.Present(pagemap, piece.Start, piece.End);
            stayed += present;
            if (failed < _failed.Count && _failed[failed].Piece == i)
            {
                locked += _failed[failed++].Errno == Errno.EINVAL ? present : 0;
            }
            else if (present > 0)
            {
                shared += process.Shared(pagemap, piece.Start, piece.End);
            }
        }

        ulong applied = _plan.Bytes - Math.Min(stayed, _plan.Bytes);
        ulong other = stayed - Math.Min(stayed, locked + shared);
        tally.Refuse(SchemeRefusal.Locked, locked);
        tally.Refuse(SchemeRefusal.Shared, shared);

        // The kernel passes over files that the caller may not write, unless it is root.
        tally.Refuse(geteuid() == 0 ? SchemeRefusal.Other : SchemeRefusal.NotWritable, other);
        if (applied > 0)
        {
            ulong present = _plan.Present(pagemap, region.Start, region.End);
            tally.Brake.Add(
                process.TargetId, new AddressRange(region.Start, region.End), applied, present, region.Unchanged, TimeSpan.FromMicroseconds(NowNs / 1000.0));
        }

        return applied;
    }

    /// <summary>Whether it did anything cannot be found out; what was refused outright is known.</summary>
    private ulong CountAdvised(SchemeTally tally)
    {
        ulong applied = _plan.Bytes;
        foreach ((int piece, int errno) in _failed)
        {
            ulong size = Math.Min(applied, _plan.Pieces[piece].Size);
            applied -= size;
            tally.Refuse(errno == Errno.EINVAL ? SchemeRefusal.Locked : SchemeRefusal.Other, size);
        }

        return applied;
    }

    private static ulong RefuseRest(SchemeTally tally, ulong applied, ulong asked)
    {
        tally.Refuse(SchemeRefusal.Other, asked - Math.Min(applied, asked));
        return applied;
    }

    private ulong HugeOfPieces(int pagemap)
    {
        ulong bytes = 0;
        foreach (AddressRange piece in _plan.Pieces)
        {
            bytes += _plan.Huge(pagemap, piece.Start, piece.End);
        }

        return bytes;
    }

    private void TakeRefusals(SchemeTally tally)
    {
        for (int i = 0; i < _plan.Refused.Length; i++)
        {
            tally.Refuse((SchemeRefusal)i, _plan.Refused[i]);
        }
    }

    private ulong Present(ulong targetId, AddressRange range) =>
        _processes.TryGetValue(targetId, out ActedProcess? process) && process.Pagemap >= 0 ? _plan.Present(process.Pagemap, range.Start, range.End) : 0;
}
