using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>A process with what it takes to monitor it. The kdamond owns and disposes it.</summary>
public sealed class MonitoredTarget : IWatchedTarget, IDisposable
{
    private RefinedMappings? _mappings;
    private string _remarks = "";
    private string _followRemarks = "";
    private (string Own, string Follow, string All) _joined = ("", "", "");

    /// <summary>A target that the kdamond can monitor; disposing it disposes process and access check.</summary>
    /// <param name="process">Whose memory it is.</param>
    /// <param name="addressSpace">Its mappings.</param>
    /// <param name="accessCheck">How its accesses become known.</param>
    public MonitoredTarget(TargetProcess process, VaddrAddressSpace addressSpace, IAccessCheck accessCheck)
    {
        Process = process;
        AddressSpace = addressSpace;
        AccessCheck = accessCheck;
    }

    /// <summary>The process, held so that its pid cannot come to mean another one.</summary>
    public TargetProcess Process { get; }

    /// <summary>Its mappings.</summary>
    public VaddrAddressSpace AddressSpace { get; }

    /// <summary>Ranges to monitor whatever is mapped there (fvaddr), sorted and disjoint; empty: follow the mappings (vaddr).</summary>
    public IReadOnlyList<AddressRange> FixedRanges { get; init; } = [];

    /// <summary>How its accesses become known.</summary>
    public IAccessCheck AccessCheck { get; }

    /// <summary>What its runtime tells about its memory, or null; owned as well.</summary>
    public INamedRanges? Names { get; init; }

    /// <summary>
    /// What else must be known to read its numbers, in the form of <see cref="IAccessCheck.Labels"/>; described with the next snapshot. May be
    /// set from any thread.
    /// </summary>
    public string Remarks
    {
        get => Volatile.Read(ref _remarks);
        set => Volatile.Write(ref _remarks, value);
    }

    /// <summary>What is to be said of all targets that are followed together, in the same form.</summary>
    internal string FollowRemarks
    {
        get => Volatile.Read(ref _followRemarks);
        set => Volatile.Write(ref _followRemarks, value);
    }

    /// <summary>Both; joined anew only when one has changed.</summary>
    internal string AllRemarks
    {
        get
        {
            (string own, string follow) = (Remarks, FollowRemarks);
            if (!ReferenceEquals(own, _joined.Own) || !ReferenceEquals(follow, _joined.Follow))
            {
                _joined = (own, follow, $"{own} {follow}".Trim());
            }

            return _joined.All;
        }
    }

    /// <summary>Its mappings as they are described.</summary>
    public RefinedMappings Mappings => _mappings ??= new RefinedMappings(AddressSpace, Names);

    /// <inheritdoc/>
    public void Dispose()
    {
        Names?.Dispose();
        AccessCheck.Dispose();
        Process.Dispose();
    }
}
