using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests;

/// <summary>A snapshot kept for comparison.</summary>
internal sealed record RecordedSnapshot(ulong TargetId, long BeginNs, long EndNs, uint NrSamples, ulong SampleUs, bool Complete, RegionEvent[] Regions)
{
    /// <summary>For each region whether the samples say nothing about most of its memory; empty where the recording does not tell.</summary>
    internal bool[] Unknown { get; init; } = [];
}
