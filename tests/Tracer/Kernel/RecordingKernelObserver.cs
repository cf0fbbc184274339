using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Kernel;

namespace Damon.Trace.Tracer.Tests.Kernel;

/// <summary>Keeps what a listener told, one line each.</summary>
internal sealed class RecordingKernelObserver : IKernelDamonObserver
{
    internal List<KernelKdamond> Kdamonds { get; } = [];

    internal List<(KernelEvent Origin, DamonAggregated Region)> Aggregated { get; } = [];

    internal List<string> Lines { get; } = [];

    internal ulong NrLost { get; private set; }

    public void OnKdamond(KernelKdamond kdamond)
    {
        Kdamonds.Add(kdamond);
        Lines.Add($"kdamond {kdamond.Comm} {kdamond.Tid} sample={kdamond.Attributes?.SampleUs} aggr={kdamond.Attributes?.AggrUs}");
    }

    public void OnAggregated(in KernelEvent origin, in DamonAggregated region)
    {
        Aggregated.Add((origin, region));
        Lines.Add($"{Prefix(origin)} aggregated {Text(region)}");
    }

    public void OnRegionAggregated(in KernelEvent origin, in DamonAggregated region, ReadOnlySpan<byte> probeHits) =>
        Lines.Add($"{Prefix(origin)} region_aggregated {Text(region)} probe_hits={Convert.ToHexString(probeHits)}");

    public void OnBeforeApply(in KernelEvent origin, in DamosBeforeApply application) =>
        Lines.Add($"{Prefix(origin)} before_apply {application.ContextIdx} {application.SchemeIdx} {Text(application.Region)}");

    public void OnEffectiveSize(in KernelEvent origin, in DamosEffectiveSize size) =>
        Lines.Add($"{Prefix(origin)} esz {size.ContextIdx} {size.SchemeIdx} {size.Esz}");

    public void OnSchemeStatistics(in KernelEvent origin, in DamosStatistics told) => Lines.Add(
        $"{Prefix(origin)} stat {told.ContextIdx} {told.SchemeIdx} {told.NrTried} {told.SzTried} {told.NrApplied} {told.SzApplied} {told.SzOpsFilterPassed} "
        + $"{told.QtExceeds} {told.NrSnapshots}");

    public void OnIntervalsTuned(in KernelEvent origin, in MonitorIntervalsTune tune) =>
        Lines.Add($"{Prefix(origin)} tune {tune.SampleUs}");

    public void OnLost(int cpu, ulong nrLost)
    {
        NrLost += nrLost;
        Lines.Add($"lost [{cpu}] {nrLost}");
    }

    /// <summary>The kernel's own text of the fields.</summary>
    internal static string Text(in DamonAggregated region) => string.Create(
        CultureInfo.InvariantCulture,
        $"target_id={region.TargetId} nr_regions={region.NrRegions} {region.Start}-{region.End}: {region.NrAccesses} {region.Age}");

    private static string Prefix(in KernelEvent origin) =>
        $"{origin.Kdamond.Comm} {origin.Kdamond.Tid} [{origin.Cpu}] {origin.TimestampNs}:";
}
