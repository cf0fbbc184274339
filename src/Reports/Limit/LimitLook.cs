using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Limit;

/// <summary>
/// One look at the memory of a target or of all: how much of it was accessed within each bound of <see cref="IdleBuckets"/>.
/// </summary>
internal sealed class LimitLook
{
    private readonly MemoryPoint?[] _points = new MemoryPoint?[IdleBuckets.NrBounds];

    public required long TimeNs { get; init; }

    /// <summary>By how much the sum over the targets was larger; 0 for a target.</summary>
    public ulong CountedOnceBytes { get; set; }

    /// <summary>What was accessed within a bound; null where this look does not know.</summary>
    public MemoryPoint? this[int bound]
    {
        get => _points[bound];
        set => _points[bound] = value;
    }

    /// <summary>The bounds that it knows, ascending.</summary>
    public IEnumerable<int> Known => Enumerable.Range(0, IdleBuckets.NrBounds).Where(bound => _points[bound] is not null);
}
