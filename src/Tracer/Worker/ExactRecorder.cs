using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Looks at every page of its targets, window after window: sweep, wait, read, emit. There is one sample a window, so the largest nr_accesses
/// is 1, and the sampling interval is the aggregation interval. Between a reading and the next sweep nothing is seen: accesses of that time,
/// some ten milliseconds per GB, are in no window. Where targets are followed, who has come is looked up between two windows.
/// </summary>
public sealed class ExactRecorder : IRecorder
{
    private const long FollowNs = 1_000_000_000;

    private readonly ExactRecorderOptions _options;
    private readonly PageTableReader _reader;
    private readonly ISnapshotObserver _observer;
    private readonly DescribedContext _context;
    private readonly FootprintThread _footprints = new(cpuBudget: null);
    private readonly List<ExactSeries> _series = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly StopRequest _stop = new();
    private FollowedTargets<ExactTarget>? _followed;
    private bool _waitsForTargets;
    private long _nextFollowNs;
    private ulong _nextTargetId;

    /// <summary>Prepares the recorder; <see cref="Start"/> lets it run.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="reader">That of the targets; owned from now on.</param>
    /// <param name="targets">Processes to look at; owned from now on.</param>
    /// <param name="observer">Where results go.</param>
    public ExactRecorder(ExactRecorderOptions options, PageTableReader reader, IReadOnlyList<ExactTarget> targets, ISnapshotObserver observer)
    {
        _options = options;
        _reader = reader;
        _observer = observer;
        foreach (ExactTarget target in targets)
        {
            Add(target);
        }

        _thread = new Thread(Run) { Name = "kdamond.0", IsBackground = true };
        _context = new DescribedContext(observer, _thread.Name, options.Operations, "access-bits");
    }

    /// <inheritdoc/>
    public RecorderCounters Counters { get; } = new();

    /// <inheritdoc/>
    public Task Finished => _finished.Task;

    /// <summary>Snapshots with more runs of pages than regions are allowed.</summary>
    public long NrJoined { get; private set; }

    /// <summary>How long sweeps held the targets' mmap locks, in nanoseconds.</summary>
    public long SweepNs { get; private set; }

    /// <summary>
    /// Estimate of what the targets paid for touching pages whose bits were cleared, in nanoseconds over all their threads; null where the cost of
    /// one could not be measured.
    /// </summary>
    public double? TouchAgainNs { get; private set; }

    /// <summary>
    /// Follows a selection, of which the targets so far are the first: who matches later is looked at from the next window on, who matches no longer
    /// is let go of. Before the start only.
    /// </summary>
    /// <param name="selector">After its first selection.</param>
    /// <param name="selection">What it selects by.</param>
    /// <param name="open">Opens one more; what it throws leaves the process the caller's.</param>
    /// <param name="changed">Told of every change, on the recorder's thread.</param>
    public void Follow(TargetSelector selector, TargetSelection selection, Func<TargetProcess, ExactTarget> open, Action<TargetChange> changed)
    {
        ArgumentNullException.ThrowIfNull(selection);
        _followed = new FollowedTargets<ExactTarget>(selector, selection, [.. _series.Select(static series => series.Target)], open, changed);
        _waitsForTargets = selection.FollowRestarts;
        TellFollowed();
    }

    /// <inheritdoc/>
    public void Start()
    {
        _footprints.Start();
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Stop() => _stop.Make();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _footprints.Dispose();
        _series.ForEach(static series => series.Target.Dispose());
        _reader.Dispose();
    }

    private void Run()
    {
        try
        {
            Record();
            _finished.SetResult();
        }
        catch (Exception error)
        {
            // Whoever waits for the worker gets to see what went wrong; the recording is finished around it.
            _finished.SetException(error);
        }
    }

    private void Record()
    {
        double nsPerPage = TouchCost.Measure();
        ForEach(Sweep);
        long windowNs = (long)_options.WindowUs * 1_000;
        for (ulong aggregation = 0; !_stop.IsMade && (_series.Count > 0 || _waitsForTargets);)
        {
            long sweptNs = _series.Count > 0 ? _series.Max(static series => series.Target.Scan.SweptNs) : Time.GetNs(Time.CLOCK_MONOTONIC);
            _stop.SleepUntil(sweptNs + windowNs);
            if (_stop.IsMade)
            {
                return;
            }

            bool any = false;
            ForEach(series => any |= TryTake(series, aggregation, nsPerPage));
            LookWhoCame();
            aggregation += any ? 1ul : 0;
            Counters.SetKdamondCpu(Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID));
            Counters.SetNamesCpu(_series.Sum(static series => series.Target.Names?.CpuNs ?? 0));
        }
    }

    private void Add(ExactTarget target)
    {
        ulong id = _nextTargetId++;
        TargetFootprint? footprint = _footprints.Add(id, target.Process);
        var described = new DescribedTarget(
            id, target.Process, target.Mappings, target.Names, static () => "", static () => "", footprint, _observer);
        var regions = new ExactRegions((int)Math.Min(int.MaxValue, _options.MaxNrRegions));
        _series.Add(new ExactSeries(target, described, regions, new ExactIdle((ulong)target.Process.Pid), id));
    }

    /// <summary>Once a second at most: bound by the processes of the machine, some milliseconds for a hundred.</summary>
    private void LookWhoCame()
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        if (_followed is null || nowNs < _nextFollowNs)
        {
            return;
        }

        _nextFollowNs = nowNs + FollowNs;
        if (_followed.Look(Add, Remove))
        {
            TellFollowed();
            ForEach(SweepIfNew);
        }
    }

    private void SweepIfNew(ExactSeries series)
    {
        if (series.Target.Scan.SweptNs == 0)
        {
            Sweep(series);
        }
    }

    private void Remove(ExactTarget target)
    {
        if (_series.FindIndex(series => series.Target == target) is >= 0 and int at)
        {
            _footprints.Remove(_series[at].TargetId);
            _series.RemoveAt(at);
            target.Dispose();
        }
    }

    private void TellFollowed()
    {
        string remarks = _followed!.Remarks;
        _series.ForEach(series => series.Target.FollowRemarks = remarks);
    }

    private void Sweep(ExactSeries series)
    {
        series.Target.Scan.Sweep();
        SweepNs += series.Target.Scan.SweepCostNs;
    }

    /// <summary>One snapshot; false when the target became another program in the window, of which nothing is known then.</summary>
    private bool TryTake(ExactSeries series, ulong aggregation, double nsPerPage)
    {
        ExactScan scan = series.Target.Scan;
        long sweptNs = scan.SweptNs;
        ExactPages? pages = scan.IsReplaced ? null : scan.Read(series.Target.FixedRanges.Count > 0 ? series.Target.FixedRanges : null);

        // The next window begins before this one is written down.
        Sweep(series);
        Counters.AddCheck();
        if (pages is null)
        {
            return false;
        }

        bool isLate = pages.WindowNs > (long)_options.WindowUs * 1_500;
        Counters.AddDelays(isLate ? 1u : 0, 0);
        TouchAgainNs = nsPerPage > 0 ? (TouchAgainNs ?? 0) + (pages.TouchedBytes / (double)Unistd.PageSize * nsPerPage) : null;
        Emit(series, pages, aggregation, sweptNs, isLate);
        return true;
    }

    private void Emit(ExactSeries series, ExactPages pages, ulong aggregation, long sweptNs, bool isLate)
    {
        SnapshotMemory memory = series.Regions.Fill(pages);
        NrJoined += series.Regions.IsJoined ? 1 : 0;
        Describe(series);
        var header = new SnapshotHeader
        {
            TargetId = series.TargetId,
            Snapshot = aggregation,
            BeginNs = (ulong)sweptNs,
            EndNs = (ulong)(sweptNs + pages.WindowNs + pages.ReadNs),
            SampleUs = _options.WindowUs,
            AggrUs = _options.WindowUs,
            NrRegions = (uint)series.Regions.Regions.Length,
            NrSamples = 1,
            NrLate = isLate ? 1u : 0,
            WindowsNs = (ulong)(pages.WindowNs + (pages.ReadNs / 2)),
            Cpu = (uint)sched_getcpu(),
        };
        _observer.OnAggregated(header, memory, series.Regions.Regions, series.Regions.Records);
        series.Described.TellFootprint();
        series.Idle.Look(pages, (long)header.EndNs);
        series.Idle.Report(series.TargetId, series.Described, _observer);
        Counters.AddSnapshot(series.Regions.Regions.Length);
    }

    private void Describe(ExactSeries series)
    {
        var attributes = new ContextAttributes
        {
            SampleUs = _options.WindowUs,
            AggrUs = _options.WindowUs,
            UpdateUs = _options.WindowUs,
            MinNrRegions = 3,
            MaxNrRegions = _options.MaxNrRegions,
        };
        string[] parts =
        [
            $"exact=yes accesses=rw granularity=page flushed=yes sweep={ClearRefsClearer.Name}",
            series.Regions.IsJoined ? "regions=joined" : "regions=runs", series.Target.Remarks, series.Target.FollowRemarks,
        ];
        string labels = string.Join(' ', parts.Where(static part => part.Length > 0));
        _context.DescribeIfChanged(attributes, labels, out bool isNewListener);
        if (isNewListener)
        {
            _series.ForEach(static known => known.Described.Forget());
        }

        series.Described.DescribeIfChanged();
    }

    /// <summary>A target that has exited is let go of; any other trouble ends the recording.</summary>
    private void ForEach(Action<ExactSeries> act)
    {
        for (int i = _series.Count - 1; i >= 0; i--)
        {
            ExactSeries series = _series[i];
            try
            {
                act(series);
            }
            catch (TargetUnavailableException trouble) when (trouble.HasGone || series.Target.Process.HasExited)
            {
                _series.RemoveAt(i);
                series.Target.Dispose();
            }
        }
    }

    /// <summary>What is kept of a target from window to window.</summary>
    private sealed record ExactSeries(ExactTarget Target, DescribedTarget Described, ExactRegions Regions, ExactIdle Idle, ulong TargetId);
}
