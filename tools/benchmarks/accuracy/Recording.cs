using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Accuracy;

/// <summary>The snapshots of the first target of a recording, kept in memory.</summary>
internal sealed class Recording : IRecordingSink
{
    private readonly List<Window> _windows = [];

    internal IReadOnlyList<Window> Windows => _windows;

    /// <summary>Latest moment for which the recording tells idle times of memory; 0 for none.</summary>
    internal long LatestIdleNs { get; private set; }

    internal static Recording Read(string path)
    {
        var recording = new Recording();
        using RecordingReader reader = RecordingReader.Open(path);
        reader.Read(recording, CancellationToken.None);
        return recording;
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        if (snapshot.TargetId == 0 && snapshot.Complete)
        {
            _windows.Add(new Window(snapshot.BeginNs!.Value, snapshot.EndNs!.Value, snapshot.NrSamples!.Value, snapshot.Regions.ToArray()));
        }
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
    }

    /// <summary>Only the latest moment at which idle times were told: they themselves are read from the report.</summary>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => LatestIdleNs = (long)idle.TimeNs;

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
    }
}
