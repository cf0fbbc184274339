using Damon.Trace.Events;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Kernel.Physical;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// A context that the kernel is to monitor for us, with everything its descriptions need: its processes, held so that no pid comes to mean
/// another one, or the layout of physical memory.
/// </summary>
public sealed class DrivenContext : IDisposable
{
    private const long StatisticsNs = 1_000_000_000;

    private readonly PhysicalMemory? _physical;
    private readonly List<(TargetProcess Process, VaddrAddressSpace Space)> _targets;
    private readonly List<Monitoring.AddressRange> _ranges = [];
    private readonly uint[] _describedGenerations;
    private DrivenKdamond? _kdamond;
    private long _nextReadingNs;
    private long _nextStatisticsNs;

    private DrivenContext(KernelContext request, List<(TargetProcess, VaddrAddressSpace)> targets, PhysicalMemory? physical)
    {
        Request = request;
        _targets = targets;
        _physical = physical;
        _describedGenerations = new uint[targets.Count];
    }

    /// <summary>What the kernel is asked for.</summary>
    public KernelContext Request { get; }

    /// <summary>What is monitored, for people.</summary>
    public string Description => _physical is null
        ? string.Join(", ", _targets.Select(target => $"{target.Process.Comm} ({target.Process.Pid})"))
        : $"physical memory in {Request.Ranges.Count} ranges";

    /// <summary>The kdamond that does it, once it runs.</summary>
    internal DrivenKdamond Kdamond => _kdamond ?? throw new InvalidOperationException("the kdamond was not started");

    /// <summary>False once all targets have exited.</summary>
    internal bool IsRunning => Kdamond.IsRunning && (_physical is not null || _targets.Exists(target => !target.Process.HasExited));

    /// <summary>Opens the processes, or reads the layout of physical memory. For paddr no ranges mean all System RAM.</summary>
    /// <exception cref="TargetUnavailableException">A process does not exist or is not ours to watch.</exception>
    /// <exception cref="KernelDamonException">Physical addresses are hidden from this user.</exception>
    public static DrivenContext Open(KernelContext request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Operations == KernelContext.Paddr)
        {
            PhysicalMemory physical = new PhysicalMemoryReader().Read();
            return new DrivenContext(request.Ranges.Count > 0 ? request : request with { Ranges = physical.Ram }, [], physical);
        }

        List<(TargetProcess Process, VaddrAddressSpace Space)> targets = [];
        try
        {
            foreach (int pid in request.Pids)
            {
                var process = TargetProcess.Open(pid);
                targets.Add((process, new VaddrAddressSpace(process)));
            }

            return new DrivenContext(request, targets, physical: null);
        }
        catch
        {
            targets.ForEach(target => target.Process.Dispose());
            throw;
        }
    }

    /// <summary>Lets the kernel monitor it.</summary>
    /// <returns>True when a kdamond of an earlier recording that was killed had to be removed first.</returns>
    /// <exception cref="KernelDamonException">The kernel's DAMON is not there, not ours, or refuses the context.</exception>
    public bool Start(KernelDamon damon)
    {
        ArgumentNullException.ThrowIfNull(damon);
        _kdamond = damon.Start(Request);
        return _kdamond.CleanedUp;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kdamond?.Dispose();
        _targets.ForEach(target => target.Process.Dispose());
    }

    /// <summary>Describes every target with its mappings.</summary>
    internal void DescribeTargets(DamonTracepoint tracepoint)
    {
        Array.Clear(_describedGenerations);
        _nextReadingNs = 0;
        if (_physical is not null)
        {
            DescribePhysical(tracepoint, _physical.Layout);
        }

        for (int i = 0; i < _targets.Count; i++)
        {
            tracepoint.OnTarget(_targets[i].Process.ToDescription((ulong)i));
        }

        DescribeChangedMappings(tracepoint);
    }

    /// <summary>The counters of its schemes about once a second, for kernels whose tracepoints do not tell them; else nothing.</summary>
    internal IReadOnlyList<DamosStatistics> ReadStatistics()
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        if (Request.Schemes.Count == 0 || nowNs < _nextStatisticsNs)
        {
            return [];
        }

        _nextStatisticsNs = nowNs + StatisticsNs;
        return Kdamond.ReadStatistics();
    }

    /// <summary>
    /// Reads the mappings as often as the kernel does and describes those that have changed. Allocates nothing while they stay; bound by
    /// reading /proc/PID/maps.
    /// </summary>
    internal void DescribeChangedMappings(DamonTracepoint tracepoint)
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        if (nowNs < _nextReadingNs)
        {
            return;
        }

        _nextReadingNs = nowNs + ((long)Request.Attributes.UpdateUs * 1_000);
        for (int i = 0; i < _targets.Count; i++)
        {
            VaddrAddressSpace space = _targets[i].Space;
            if (space.TryReadMappings(_ranges) && space.Generation != _describedGenerations[i])
            {
                _describedGenerations[i] = space.Generation;
                var descriptions = new List<MappingDescription>();
                space.Describe((ulong)i, descriptions);
                descriptions.ForEach(tracepoint.OnMapping);
            }
        }
    }

    private static void DescribePhysical(DamonTracepoint tracepoint, IReadOnlyList<PhysicalRange> layout)
    {
        foreach (PhysicalRange part in layout)
        {
            tracepoint.OnMapping(new MappingDescription(
                TargetId: 0, Generation: 1, (uint)layout.Count, part.Range.Start, part.Range.End, Permissions: "rw-p", part.Name));
        }
    }
}
