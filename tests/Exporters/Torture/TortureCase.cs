using Damon.Trace.Events;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Tests.Damo;

namespace Damon.Trace.Exporters.Tests.Torture;

/// <summary>One text with one peculiarity.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="What">What is peculiar about it.</param>
/// <param name="Damo">What damo 3.3.0 does with it.</param>
/// <param name="Text">The text, bytes as they are.</param>
/// <param name="Expected">The snapshots in it, as <see cref="Describe"/> writes them.</param>
/// <param name="Verdict">How reading it ends, see <see cref="Run"/>.</param>
internal sealed record TortureCase(string Name, string What, string Damo, byte[] Text, IReadOnlyList<string> Expected, string Verdict)
{
    public override string ToString() => Name;

    internal static string Describe(string kdamond, int tid, ulong target, ulong number, bool complete, IEnumerable<RegionEvent> regions) =>
        $"{kdamond}/{tid} target {target} number {number}{(complete ? "" : " incomplete")}:"
        + string.Concat(regions.Select(r => $" {r.TimestampNs}@{r.Cpu} {r.Start}-{r.End} {r.NrAccesses} {r.Age}"));

    /// <summary>Reads the text with our reader: what it delivers, and in one line how it ends.</summary>
    internal (List<string> Snapshots, string Verdict) Run()
    {
        RecordedSink sink = new();
        TunedSink tuned = new(sink);
        PerfScriptReader reader = new(new MemoryStream(Text));
        string verdict;
        try
        {
            reader.ReadTo(tuned);
            verdict = (sink.End!.Snapshots == 1 ? "1 snapshot" : $"{sink.End.Snapshots} snapshots")
                + (sink.End.IncompleteSnapshots == 0 ? "" : $", {sink.End.IncompleteSnapshots} incomplete")
                + (sink.End.LostEvents == 0 ? "" : $", {sink.End.LostEvents} lost")
                + (tuned.Count == 0 ? "" : $", {tuned.Count} interval change")
                + string.Concat(sink.End.Notes.Select(note => "; " + note))
                + (sink.End.Truncation is null ? "" : $"; {sink.End.Truncation}");
        }
        catch (RecordingFormatException e)
        {
            verdict = "refused: " + e.Message + (e.Hint is null ? "" : $"; hint: {e.Hint}");
        }

        return ([.. sink.Snapshots.Select(s => Describe(s.Kdamond, s.KdamondTid, s.TargetId, s.Number, s.Complete, s.Regions))], verdict);
    }

    private sealed class TunedSink(RecordedSink sink) : IRecordingSink
    {
        internal int Count { get; private set; }

        public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
        {
            Assert.Equal(80_000UL, sampleUs);
            Count++;
        }

        public void OnContext(ContextDescription context)
        {
        }

        public void OnTarget(TargetDescription target)
        {
        }

        public void OnMapping(MappingDescription mapping)
        {
        }

        public void OnHeartbeat(in Heartbeat heartbeat)
        {
        }

        public void OnFootprint(in Footprint footprint)
        {
        }

        public void OnScheme(in SchemeEvent scheme)
        {
        }

        public void OnAccess(in AccessEvent access)
        {
        }

        public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
        {
        }

        public void OnSnapshot(Snapshot snapshot) => sink.OnSnapshot(snapshot);

        public void OnEnd(RecordingEnd end) => sink.OnEnd(end);
    }
}
