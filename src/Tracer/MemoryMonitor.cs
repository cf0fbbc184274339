using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Metrics;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer;

/// <summary>
/// Watches which memory processes really use: opens them, chooses an access check that works, and delivers a snapshot of each process every
/// 100 ms or so, in this process, without a session or a file. Other processes, several at once, or this one itself.
/// <code>
/// using var monitor = MemoryMonitor.Attach(pid);
/// await foreach (MemorySnapshot snapshot in monitor.Snapshots(token)) { ... }
/// </code>
/// Members may be used from any thread. What cannot be monitored is refused with a <see cref="DamonTraceException"/>.
/// </summary>
public sealed class MemoryMonitor : IRecorder, IAsyncDisposable
{
    private const int MostTries = 50;

    private static readonly TimeSpan s_untilNextTry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(1);

    private readonly MonitorOptions _options;
    private readonly SnapshotBuffer _buffer;
    private readonly List<ISnapshotObserver> _observers = [];
    private readonly Lock _changing = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TargetSelector? _selector;
    private readonly Func<TargetProcess, MonitoredTarget> _open;
    private readonly IReadOnlyList<MonitoredTarget> _first;
    private readonly SchemeRunner _schemes;
    private Kdamond? _kdamond;
    private TargetFollower? _follower;
    private MonitorMeter? _meter;
    private HeartbeatThread? _heartbeat;
    private bool _isEnumerated;
    private bool _disposed;

    private MemoryMonitor(
        IReadOnlyList<MonitoredTarget> targets, AccessCheckChoice choice, MonitorOptions options, TargetSelector? selector,
        Func<TargetProcess, MonitoredTarget> open)
    {
        _first = targets;
        _selector = selector;
        _open = open;
        Labels = targets[0].AccessCheck.Labels;
        AccessCheck = choice;
        _options = options;
        _buffer = new SnapshotBuffer(options.MaxWaitingSnapshots);
        _observers.Add(_buffer);
        _schemes = new SchemeRunner(
            targets.Select(static target => (target.Process, target.AddressSpace)), targets[0].AccessCheck is IYoungPages, options.SchemesDryRun);
    }

    /// <summary>
    /// The processes, each with its mappings; they belong to the monitor. Where they are followed (<see cref="Attach(TargetSelection, MonitorOptions)"/>)
    /// those of now, as of the last second; else those of the begin.
    /// </summary>
    public IReadOnlyList<MonitoredTarget> Targets => _follower?.Targets ?? _first;

    /// <summary>A process has become a target, or is none any more. Raised on a thread of the monitor's own, which an exception would end.</summary>
    public event Action<TargetChange>? TargetChanged;

    /// <summary>What the targets are followed by; null where they stay as they were.</summary>
    public TargetSelection? Selection { get; private init; }

    /// <summary>How accesses become known, and why better ways do not work here.</summary>
    public AccessCheckChoice AccessCheck { get; }

    /// <summary>What must be known to read the numbers: <c>key=value</c> pairs separated by blanks, e.g. <c>accesses=rw granularity=page</c>.</summary>
    public string Labels { get; }

    /// <summary>What was done so far; zero before the start.</summary>
    public RecorderCounters Counters { get; } = new();

    /// <summary>Snapshots that <see cref="Snapshots"/> could not deliver, because they were not taken in time.</summary>
    public long NrDropped => _buffer.NrDropped;

    /// <summary>Why real-time scheduling was not granted; null when it was, or was not asked for.</summary>
    public string? RealtimeRefusal => _kdamond?.RealtimeRefusal;

    /// <summary>Ends when monitoring has: after <see cref="Stop"/>, or when all processes have exited. Faulted by an unexpected error.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Opens one process; <see cref="Environment.ProcessId"/> is this one.</summary>
    /// <param name="pid">Its id.</param>
    /// <param name="options">How it is monitored; null for the defaults.</param>
    /// <exception cref="TargetUnavailableException">It does not exist or is not ours to look at.</exception>
    /// <exception cref="AccessCheckUnavailableException">Nothing that the options allow can watch it.</exception>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    public static MemoryMonitor Attach(int pid, MonitorOptions? options = null) => Attach([pid], options);

    /// <summary>Opens several processes, which share the budget and the bounds; targets are numbered in their order.</summary>
    /// <param name="pids">Their ids, at least one.</param>
    /// <param name="options">How they are monitored; null for the defaults.</param>
    /// <exception cref="TargetUnavailableException">One does not exist or is not ours to look at.</exception>
    /// <exception cref="AccessCheckUnavailableException">Nothing that the options allow can watch all of them.</exception>
    /// <exception cref="ArgumentException">No process was named, or the options are wrong.</exception>
    public static MemoryMonitor Attach(IReadOnlyList<int> pids, MonitorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pids);
        ArgumentOutOfRangeException.ThrowIfZero(pids.Count, nameof(pids));
        return Attach(pids, selection: null, options);
    }

    /// <summary>
    /// Opens all processes that match a selection, and follows it: those that match later become targets within a second or two, those that
    /// match no longer, or exit, stop being any. Targets are numbered in the order they come; numbers are not used again.
    /// </summary>
    /// <param name="selection">Which processes.</param>
    /// <param name="options">How they are monitored; null for the defaults.</param>
    /// <exception cref="TargetUnavailableException">Nobody matches, a process that was named by its id is not ours to look at, or no other is.</exception>
    /// <exception cref="AccessCheckUnavailableException">Nothing that the options allow can watch all of them.</exception>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    public static MemoryMonitor Attach(TargetSelection selection, MonitorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentOutOfRangeException.ThrowIfLessThan(selection.MaxTargets, 1, nameof(selection));
        return selection.IsFollowed ? Attach([], selection, options) : Attach(selection.Pids, options);
    }

    /// <summary>A service that is being restarted has other processes by the time its old ones turn out to be gone.</summary>
    private static MemoryMonitor Attach(IReadOnlyList<int> pids, TargetSelection? selection, MonitorOptions? options)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return AttachOnce(pids, selection, options);
            }
            catch (TargetUnavailableException refusal)
                when (selection is { Pids.Count: 0 } && tries < MostTries && (refusal.HasGone || tries > 1))
            {
                Thread.Sleep(s_untilNextTry);
            }
        }
    }

    private static MemoryMonitor AttachOnce(IReadOnlyList<int> pids, TargetSelection? selection, MonitorOptions? options)
    {
        options ??= new MonitorOptions();
        Validate(options);
        List<IDisposable> opened = [];
        try
        {
            TargetSelector? selector = selection is null ? null : new TargetSelector(selection);
            List<TargetProcess> processes = selector is null
                ? TargetProcess.OpenAll(pids)
                : TargetProcess.OpenThoseAllowed(selector.SelectFirst(), selection!.Pids, selection.MaxTargets);
            opened.AddRange(processes);
            var settings = new AccessCheckSettings(options.Attributes.SampleUs, options.Realtime, options.AllowInjection);
            var choice = AccessCheckChoice.Choose(options.AccessCheck, processes, settings);
            IReadOnlyList<INamedRanges> names = options.Names?.Invoke(processes) ?? [];
            opened.AddRange(names);
            List<MonitoredTarget> targets = OpenLiving(processes, names, selection, OpenOne, opened);
            return new MemoryMonitor(targets, choice, options, selector, OpenLater) { Selection = selection };

            MonitoredTarget OpenOne(TargetProcess process, INamedRanges? named) => Open(process, choice, settings, options, named);

            MonitoredTarget OpenLater(TargetProcess process) => OpenOne(process, options.Names?.Invoke([process]).ElementAtOrDefault(0));
        }
        catch
        {
            opened.ForEach(one => one.Dispose());
            throw;
        }
    }

    /// <summary>Lets an observer see everything as it happens, without copies. Before the start only.</summary>
    /// <exception cref="InvalidOperationException">Monitoring has begun.</exception>
    public void AddObserver(ISnapshotObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        lock (_changing)
        {
            if (_kdamond is not null)
            {
                throw new InvalidOperationException("observers are added before monitoring begins");
            }

            _observers.Add(observer);
        }
    }

    /// <summary>Lets a callback see every snapshot, without a copy, on the kdamond's thread. Before the start only.</summary>
    /// <exception cref="InvalidOperationException">Monitoring has begun.</exception>
    public void AddObserver(SnapshotCallback callback) => AddObserver(new CallbackObserver(callback));

    /// <summary>
    /// Acts on what is seen: from the next aggregation on, memory whose accesses match is paged out, made huge, ... (docs/schemes.md). Before the
    /// start or while it runs; schemes come one after the other in the order of their calls. Actions run on the monitoring thread and delay
    /// the next check by what they take, which a quota bounds.
    /// </summary>
    /// <param name="scheme">What is done to which memory.</param>
    /// <param name="handler">Of <see cref="SchemeAction.Custom"/>: the action itself. Null for all others.</param>
    /// <returns>Tells what it has done.</returns>
    /// <exception cref="SchemeException">It cannot be applied to these processes, here, or by us.</exception>
    /// <exception cref="ArgumentException">A handler is missing, or is not called for.</exception>
    public AppliedScheme Apply(Scheme scheme, SchemeHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        return _schemes.Add(scheme, handler);
    }

    /// <summary>Begins to monitor; <see cref="Snapshots"/> does it as well. Does nothing when it runs already.</summary>
    public void Start()
    {
        lock (_changing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_kdamond is not null)
            {
                return;
            }

            if (_options.EmitMetrics)
            {
                _meter = new MonitorMeter(Counters, () => NrDropped);
                _observers.Add(_meter);
            }

            var tracepoint = _options.EmitToTracepoints ? new DamonTracepoint() : null;
            IReadOnlyList<ISnapshotObserver> observers = tracepoint is null ? _observers : [.. _observers, tracepoint];
            foreach (ISchemeObserver observer in observers.OfType<ISchemeObserver>())
            {
                _schemes.AddObserver(observer);
            }

            _kdamond = new Kdamond(ToKdamondOptions(), _first, Counters, observers, _schemes)
            {
                WaitsForTargets = Selection?.FollowRestarts ?? false,
                TargetEnded = Forget,
            };
            if (_selector is not null)
            {
                _follower = new TargetFollower(
                    new FollowedTargets<MonitoredTarget>(_selector, Selection!, _first, _open, change => TargetChanged?.Invoke(change)), _kdamond,
                    _options.CpuBudget);
                _follower.Start();
            }

            _heartbeat = tracepoint is null ? null : new HeartbeatThread(tracepoint, Counters, s_heartbeat);
            _ = _kdamond.Finished.ContinueWith(End, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _kdamond.Start();
        }
    }

    /// <summary>
    /// The snapshots of all processes as they are completed, the first after some aggregation intervals. Begins monitoring when it does not run
    /// yet. The kdamond never waits: at most <see cref="MonitorOptions.MaxWaitingSnapshots"/> are kept, and what is dropped beyond that is told
    /// by <see cref="MemorySnapshot.NrDroppedBefore"/>. Ends with the monitoring; may be enumerated once.
    /// </summary>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>; monitoring goes on.</param>
    /// <exception cref="InvalidOperationException">They are enumerated already.</exception>
    public IAsyncEnumerable<MemorySnapshot> Snapshots(CancellationToken cancellation = default)
    {
        lock (_changing)
        {
            if (_isEnumerated)
            {
                throw new InvalidOperationException("snapshots may be enumerated once; add an observer for another reader");
            }

            _isEnumerated = true;
        }

        ChannelReader<MemorySnapshot> reader = _buffer.Open();
        Start();
        return ReadAsync(reader, cancellation);
    }

    /// <summary>Asks monitoring to end after the current sampling interval.</summary>
    public void Stop()
    {
        if (_kdamond is null)
        {
            Finish(null);
        }
        else
        {
            _kdamond.Stop();
        }
    }

    /// <summary>Ends monitoring, waits for it, and lets go of the processes. Not from an observer: there <see cref="Stop"/> does.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        if (_kdamond is null)
        {
            Finish(null);
            foreach (MonitoredTarget target in _first)
            {
                target.Dispose();
            }

            return;
        }

        // First who hands it targets.
        _follower?.Dispose();
        _kdamond.Dispose();
        _heartbeat?.Dispose();
        _meter?.Dispose();
    }

    /// <summary>The same; the wait of at most a sampling interval takes place on a thread of the pool.</summary>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    private static void Validate(MonitorOptions options)
    {
        IReadOnlyList<string> problems = options.Attributes.Validate();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxWaitingSnapshots, 1, nameof(options));
        if (options.CpuBudget is <= 0 or double.NaN)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.CpuBudget, "a CPU budget is greater than 0");
        }

        if (options.TargetBudget is <= 0 or double.NaN)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.TargetBudget, "a budget of the targets is greater than 0");
        }
    }

    /// <summary>Choosing an access check takes a while, in which processes exit: those that nobody named by their ids are left out then, unless none is left.</summary>
    private static List<MonitoredTarget> OpenLiving(
        List<TargetProcess> processes, IReadOnlyList<INamedRanges> names, TargetSelection? selection, Func<TargetProcess, INamedRanges?, MonitoredTarget> open,
        List<IDisposable> opened)
    {
        List<MonitoredTarget> targets = [];
        for (int i = 0; i < processes.Count; i++)
        {
            TargetProcess process = processes[i];
            bool mayBeLeftOut = selection?.Pids.Contains(process.Pid) == false && (targets.Count > 0 || i + 1 < processes.Count);
            try
            {
                targets.Add(process.HasExited ? throw Refusal.Exited(process.Pid, process.Comm) : open(process, names.ElementAtOrDefault(i)));
                opened.Add(targets[^1].AccessCheck);
            }
            catch (TargetUnavailableException) when (mayBeLeftOut)
            {
                names.ElementAtOrDefault(i)?.Dispose();
                process.Dispose();
            }
        }

        return targets;
    }

    private static MonitoredTarget Open(
        TargetProcess process, AccessCheckChoice choice, AccessCheckSettings settings, MonitorOptions options, INamedRanges? names)
    {
        var space = new VaddrAddressSpace(process);
        if (options.Ranges.Count > 0)
        {
            // Nobody follows the mappings then: they are described as they are now.
            _ = space.TryReadMappings([]);
        }

        return new MonitoredTarget(process, space, choice.Kind.Create(process, settings))
        {
            FixedRanges = options.Ranges,
            Names = names,
            Remarks = choice.FellBackToMappings ? RecordingLabels.FellBack : "",
        };
    }

    private KdamondOptions ToKdamondOptions() => new()
    {
        Attributes = _options.Attributes,
        Operations = _options.Ranges.Count > 0 ? "fvaddr" : "vaddr",
        CpuBudget = _options.CpuBudget,
        TargetBudget = _options.TargetBudget,
        BudgetCoversProcess = _options.BudgetCoversProcess,
        Realtime = _options.Realtime,
        AccessCheck = AccessCheck.Kind.Name,
        Seed = _options.Seed,
    };

    private static async IAsyncEnumerable<MemorySnapshot> ReadAsync(
        ChannelReader<MemorySnapshot> reader, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long next = 0;
        await foreach (MemorySnapshot snapshot in reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            snapshot.NrDroppedBefore = snapshot.Sequence - next;
            next = snapshot.Sequence + 1;
            yield return snapshot;
        }
    }

    private void Forget(ulong targetId)
    {
        _buffer.Forget(targetId);
        _meter?.Forget(targetId);
    }

    private void End(Task finished) => Finish(finished.Exception?.InnerException);

    private void Finish(Exception? error)
    {
        _buffer.Complete(error);
        if (error is null)
        {
            _finished.TrySetResult();
        }
        else
        {
            _finished.TrySetException(error);
        }
    }
}
