using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>Counts and forgets.</summary>
internal sealed class CountingSink : IRecordingSink
{
    internal long Regions { get; private set; }

    public void OnScheme(in SchemeEvent scheme)
    {
    }

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    public void OnSnapshot(Snapshot snapshot) => Regions += snapshot.Count;

    public void OnEnd(RecordingEnd end)
    {
    }
}
