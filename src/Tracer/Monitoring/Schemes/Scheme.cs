namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>An operation scheme (struct damos): what to do to memory that is accessed like this. Immutable.</summary>
public sealed record Scheme
{
    /// <summary>How reports call it; empty: by its action.</summary>
    public string Name { get; init; } = "";

    /// <summary>Which memory.</summary>
    public AccessPattern Pattern { get; init; } = new();

    /// <summary>What is done.</summary>
    public required SchemeAction Action { get; init; }

    /// <summary>Microseconds between two passes; 0: once in each aggregation.</summary>
    public ulong ApplyIntervalUs { get; init; }

    /// <summary>How much.</summary>
    public SchemeQuota Quota { get; init; } = new();

    /// <summary>When.</summary>
    public SchemeWatermarks Watermarks { get; init; } = new();

    /// <summary>What never, or only.</summary>
    public IReadOnlyList<SchemeFilter> Filters { get; init; } = [];

    /// <summary>Passes after which it ends; 0: never.</summary>
    public ulong MaxNrSnapshots { get; init; }

    /// <summary>Of migrations: the memory node to move to.</summary>
    public int TargetNode { get; init; }

    /// <summary>Its name, or that of its action.</summary>
    public string Title => Name.Length > 0 ? Name : SchemeActionNames.NameOf(Action);
}
