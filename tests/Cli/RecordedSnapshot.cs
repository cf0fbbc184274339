using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests;

/// <summary>A snapshot kept for comparison.</summary>
internal sealed record RecordedSnapshot(ulong TargetId, long BeginNs, long EndNs, uint NrSamples, ulong SampleUs, bool Complete, RegionEvent[] Regions);
