using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>A process every page of which is looked at. The recorder owns and disposes it.</summary>
public sealed class ExactTarget : IWatchedTarget, IDisposable
{
    private string _remarks = "";

    /// <param name="reader">Stays the caller's.</param>
    /// <param name="process">Owned from now on.</param>
    /// <param name="names">What its runtime tells about its memory, or null; owned from now on.</param>
    public ExactTarget(PageTableReader reader, TargetProcess process, INamedRanges? names = null)
    {
        Process = process;
        Names = names;
        Scan = new ExactScan(reader, process);
        Mappings = new RefinedMappings(Scan.Space, names);
    }

    /// <summary>The process.</summary>
    public TargetProcess Process { get; }

    /// <summary>Ranges to look at whatever is mapped there (fvaddr), sorted and disjoint; empty: all accessible memory (vaddr).</summary>
    public IReadOnlyList<AddressRange> FixedRanges { get; init; } = [];

    /// <inheritdoc/>
    public string Remarks
    {
        get => Volatile.Read(ref _remarks);
        set => Volatile.Write(ref _remarks, value);
    }

    /// <summary>Of the selection that is followed; the recorder's.</summary>
    internal string FollowRemarks { get; set; } = "";

    internal INamedRanges? Names { get; }

    internal ExactScan Scan { get; }

    internal RefinedMappings Mappings { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Names?.Dispose();
        Scan.Dispose();
        Process.Dispose();
    }
}
