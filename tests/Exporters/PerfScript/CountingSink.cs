using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>Counts and forgets.</summary>
internal sealed class CountingSink : SnapshotsOnly
{
    internal long Regions { get; private set; }

    public override void OnSnapshot(Snapshot snapshot) => Regions += snapshot.Count;
}
