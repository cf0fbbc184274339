using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>A copy of a snapshot, to keep and to compare.</summary>
internal sealed class RecordedSnapshot
{
    internal RecordedSnapshot(Snapshot snapshot)
    {
        Kdamond = snapshot.Kdamond;
        KdamondTid = snapshot.KdamondTid;
        TargetId = snapshot.TargetId;
        Pid = snapshot.Pid;
        Number = snapshot.Number;
        NrRegions = snapshot.NrRegions;
        BeginNs = snapshot.BeginNs;
        EndNs = snapshot.EndNs;
        SampleUs = snapshot.SampleUs;
        AggrUs = snapshot.AggrUs;
        Complete = snapshot.Complete;
        Regions = snapshot.Regions.ToArray();
    }

    internal string Kdamond { get; }

    internal int KdamondTid { get; }

    internal ulong TargetId { get; }

    internal int? Pid { get; }

    internal ulong Number { get; }

    internal uint NrRegions { get; }

    internal long? BeginNs { get; }

    internal long? EndNs { get; }

    internal ulong? SampleUs { get; }

    internal ulong? AggrUs { get; }

    internal bool Complete { get; }

    internal RegionEvent[] Regions { get; }

    /// <summary>What every format keeps, one line per snapshot and region.</summary>
    internal string Describe(bool withAge) =>
        $"target {TargetId} number {Number} complete {Complete} of {NrRegions}:"
        + string.Concat(Regions.Select(r => $" {r.Start}-{r.End}:{r.NrAccesses}" + (withAge ? $",{r.Age}" : "")));
}
