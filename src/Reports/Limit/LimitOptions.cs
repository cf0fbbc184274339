namespace Damon.Trace.Reports.Limit;

/// <summary>What a memory limit would cost, and how much cost is too much.</summary>
public sealed record LimitOptions : ReportSelection
{
    /// <summary>Time to bring one page back, in microseconds: of the swap device or of the disk.</summary>
    public double LatencyUs { get; init; } = 100;

    /// <summary>Share of one CPU's time that waiting for pages may take, 0 to 1: the advice is the smallest limit that keeps to it.</summary>
    public double MaxLoss { get; init; } = 0.01;

    /// <summary>Limits in bytes that somebody has in mind, beside those of the idle times that are known.</summary>
    public IReadOnlyList<ulong> Limits { get; init; } = [];
}
