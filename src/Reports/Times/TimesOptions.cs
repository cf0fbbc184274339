namespace Damon.Trace.Reports.Times;

/// <summary>The access pattern that is looked for. A region matches when it is inside all bounds; bounds are inclusive.</summary>
public sealed record TimesOptions : ReportSelection
{
    /// <summary>Only this address on; of a region that begins before only the rest counts.</summary>
    public ulong? FromAddress { get; init; }

    /// <summary>Only up to this address.</summary>
    public ulong? ToAddress { get; init; }

    public double? MinHz { get; init; }

    public double? MaxHz { get; init; }

    public uint? MinNrAccesses { get; init; }

    public uint? MaxNrAccesses { get; init; }

    /// <summary>In microseconds.</summary>
    public ulong? MinAgeUs { get; init; }

    /// <summary>In microseconds.</summary>
    public ulong? MaxAgeUs { get; init; }

    /// <summary>Size of a region in bytes.</summary>
    public ulong? MinSizeBytes { get; init; }

    /// <summary>Size of a region in bytes.</summary>
    public ulong? MaxSizeBytes { get; init; }

    /// <summary>Any access counts when no bound is given: "when was it accessed".</summary>
    internal bool HasPattern => MinHz is not null || MaxHz is not null || MinNrAccesses is not null || MaxNrAccesses is not null
        || MinAgeUs is not null || MaxAgeUs is not null || MinSizeBytes is not null || MaxSizeBytes is not null;
}
