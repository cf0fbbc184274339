using System.Globalization;
using Damon.Trace.Cli.Names;
using Damon.Trace.Cli.Schemes;
using Damon.Trace.Cli.Snapshots;
using Damon.Trace.Events;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>What is recorded: processes by a kdamond of our own, or what the kernel's kdamonds report.</summary>
internal sealed class RecordingSource : IDisposable
{
    private readonly Func<DamonTracepoint, ISnapshotObserver, IRecorder> _create;
    private List<IDisposable> _opened;

    /// <param name="description">For people.</param>
    /// <param name="create">Makes the recorder, which owns what was opened from then on.</param>
    /// <param name="opened">What has to be let go of when no recorder is made.</param>
    private RecordingSource(string description, Func<DamonTracepoint, ISnapshotObserver, IRecorder> create, params List<IDisposable> opened)
    {
        Description = description;
        _create = create;
        _opened = opened;
    }

    /// <summary>What is recorded, for people.</summary>
    internal string Description { get; }

    /// <summary>The processes a kdamond of our own monitors from begin to end.</summary>
    internal IReadOnlyList<IWatchedTarget> Processes { get; private init; } = [];

    /// <summary>All processes that are targets at the begin, followed or not.</summary>
    internal IReadOnlyList<IWatchedTarget> AtBegin { get; private init; } = [];

    /// <summary>What tells of targets that come and go; null where they do not.</summary>
    internal TargetChanges? Changes { get; private init; }

    /// <summary>Opens processes.</summary>
    internal static RecordingSource Targets(TargetSelection targets, RecordRequest request, TextWriter error)
    {
        MemoryMonitor monitor = TargetSet.Open(targets, request, error);
        ApplySchemes(monitor, request);
        return new RecordingSource(TargetSet.Describe(monitor), Record, monitor)
        {
            AtBegin = monitor.Targets,
            Processes = monitor.Selection is null ? monitor.Targets : [],
            Changes = monitor.Selection is null ? null : TargetChanges.Of(monitor, error),
        };

        IRecorder Record(DamonTracepoint tracepoint, ISnapshotObserver observer)
        {
            monitor.AddObserver(observer);
            return monitor;
        }
    }

    private static void ApplySchemes(MemoryMonitor monitor, RecordRequest request)
    {
        if (request.Schemes.Count == 0)
        {
            return;
        }

        try
        {
            _ = SchemesRun.Apply(monitor, request.Schemes);
        }
        catch
        {
            monitor.Dispose();
            throw;
        }
    }

    /// <summary>Opens processes of which every page is looked at.</summary>
    /// <exception cref="TargetUnavailableException">A process does not exist or is not ours to watch.</exception>
    /// <exception cref="UserErrorException">Pages cannot be looked at one by one here.</exception>
    internal static RecordingSource ExactTargets(TargetSelection selection, RecordRequest request, TextWriter error)
    {
        TargetSelector? selector = selection.IsFollowed ? new TargetSelector(selection) : null;
        List<TargetProcess> processes = [];
        var known = new TargetNames(request, error);
        IReadOnlyList<INamedRanges> names = [];
        PageTableReader? reader = null;
        try
        {
            processes.AddRange(selector is null
                ? selection.Pids.Select(TargetProcess.Open)
                : TargetProcess.OpenThoseAllowed(selector.SelectFirst(), selection.Pids, selection.MaxTargets,
                    refused => error.WriteLine($"damon-trace: left out: {refused.Message}")));
            reader = ExactReader.Open(processes);
            names = known.WatchAll(processes);
            ExactTarget[] targets = [.. processes.Select((process, i) => Open(process, names.ElementAtOrDefault(i)))];
            var options = new ExactRecorderOptions
            {
                WindowUs = request.Attributes.AggrUs,
                MaxNrRegions = request.Attributes.MaxNrRegions,
                Operations = request.Operations,
            };
            TargetChanges? changes = selector is null ? null : new TargetChanges(error);
            string follow = selector is null ? "" : $", following {selection}";
            return new RecordingSource(
                $"{TargetSet.Names(processes)}{follow}, every page in windows of {HumanText.Seconds(TimeSpan.FromMicroseconds(options.WindowUs))}",
                (_, observer) =>
                {
                    var recorder = new ExactRecorder(options, reader, targets, observer);
                    if (selector is not null)
                    {
                        recorder.Follow(
                            selector, selection, process => Open(process, known.WatchAll([process]).ElementAtOrDefault(0)),
                            changes!.Say);
                    }

                    return recorder;
                }, [.. targets, reader])
            {
                AtBegin = targets,
                Processes = selector is null ? targets : [],
                Changes = changes,
            };
        }
        catch
        {
            reader?.Dispose();
            foreach (IDisposable opened in names.Concat<IDisposable>(processes))
            {
                opened.Dispose();
            }

            throw;
        }

        ExactTarget Open(TargetProcess process, INamedRanges? named) => new(reader!, process, named) { FixedRanges = request.Regions };
    }

    /// <summary>Opens the kernel's tracepoint, to listen to every kdamond.</summary>
    /// <exception cref="UserErrorException">The kernel has none, or it is not ours to listen to.</exception>
    internal static RecordingSource Kernel()
    {
        KernelDamonListener listener = Listen();
        return new RecordingSource("what the kernel's kdamonds report", (tracepoint, _) => new KernelRecorder(listener, tracepoint), listener);
    }

    /// <summary>Opens processes, or physical memory, for the kernel to monitor; the kdamond starts with the recorder.</summary>
    /// <exception cref="UserErrorException">The kernel has no tracepoint, or it is not ours to listen to.</exception>
    /// <exception cref="KernelDamonException">The kernel's DAMON is not there or somebody else's. Nothing was written.</exception>
    internal static RecordingSource KernelTargets(KernelDamon damon, IReadOnlyList<int> pids, RecordRequest request, TextWriter error)
    {
        damon.ThrowIfRefused();
        var context = DrivenContext.Open(new KernelContext(request.Operations, request.Attributes, pids, request.Regions) { Schemes = request.Schemes });
        KernelDamonListener listener;
        try
        {
            listener = Listen();
        }
        catch
        {
            context.Dispose();
            throw;
        }

        return new RecordingSource($"{context.Description} with the kernel's DAMON ({request.Operations})", (tracepoint, _) =>
        {
            var recorder = new KernelRecorder(listener, tracepoint, context);
            try
            {
                if (context.Start(damon))
                {
                    error.WriteLine("damon-trace: removed a kdamond that an earlier recording had left behind");
                }

                return recorder;
            }
            catch
            {
                recorder.Dispose();
                throw;
            }
        }, context, listener);
    }

    /// <summary>Makes the recorder, once.</summary>
    /// <param name="tracepoint">Takes what the kernel's kdamonds report.</param>
    /// <param name="observer">Takes what we find out ourselves.</param>
    internal IRecorder Create(DamonTracepoint tracepoint, ISnapshotObserver observer)
    {
        _opened = [];
        return _create(tracepoint, observer);
    }

    /// <summary>Says how long nobody watched, to people and in the recording.</summary>
    internal void SayReloaded(TimeSpan gap, TextWriter error)
    {
        string label = RecordingLabels.ReloadedAfter(gap);
        foreach (IWatchedTarget target in AtBegin)
        {
            target.Remarks = $"{target.Remarks} {label}".TrimStart();
        }

        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"damon-trace: reloaded: {gap.TotalSeconds:F2} s are in no file"));
    }

    /// <summary>Lets go of what was opened for nothing.</summary>
    public void Dispose() => _opened.ForEach(opened => opened.Dispose());

    private static KernelDamonListener Listen()
    {
        var listener = KernelDamonListener.Open();
        if (!listener.Capability.Available)
        {
            listener.Dispose();
            throw new UserErrorException(
                $"the kernel's DAMON cannot be listened to: {listener.Capability.Reason}", listener.Capability.Hint, ExitCode.NoAccessCheck);
        }

        return listener;
    }
}
