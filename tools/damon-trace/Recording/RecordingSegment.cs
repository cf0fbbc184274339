using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Recording;

/// <summary>A stretch of a recording with files of its own: all of it, unless it is rotated. Each is whole and readable alone.</summary>
internal sealed class RecordingSegment : IDisposable
{
    private readonly List<RecordingOutput> _outputs = [];
    private LiveRecording? _recording;

    private RecordingSegment()
    {
    }

    internal long BeganTicks { get; private set; }

    /// <summary>What its reader saw; null until it has ended.</summary>
    internal RecordingEnd? End => _recording?.End;

    internal IReadOnlyList<RecordingOutput> Outputs => _outputs;

    /// <summary>Bytes of its largest output so far.</summary>
    internal long Bytes => _outputs.Count == 0 ? 0 : _outputs.Max(static output => output.Bytes);

    /// <summary>Opens the outputs; nothing is recorded yet.</summary>
    /// <param name="outputs">Where to.</param>
    /// <param name="request">How.</param>
    /// <param name="failed">Called when an output can take no more, on any thread.</param>
    internal static RecordingSegment Open(IEnumerable<OutputRequest> outputs, RecordRequest request, Action<RecordingSegment> failed)
    {
        var segment = new RecordingSegment();
        try
        {
            foreach (OutputRequest output in outputs)
            {
                segment._outputs.Add(RecordingOutput.Open(output, request, _ => failed(segment)));
            }

            return segment;
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    /// <summary>Begins to record.</summary>
    internal void Start(int bufferMb)
    {
        _recording = LiveRecording.Start(bufferMb, _outputs);
        _outputs.ForEach(static output => output.KeepPartial());
        BeganTicks = Environment.TickCount64;
    }

    /// <summary>Ends the session and waits until the last event has reached the outputs.</summary>
    internal void Stop(TimeSpan patience) => _recording?.Stop(patience);

    /// <summary>Gives the outputs their names, or takes them away where there is nothing in them.</summary>
    /// <returns>What became of each, for the summary.</returns>
    internal List<string> Complete(bool isEmpty) => _outputs.ConvertAll(output => isEmpty ? output.Discard() : output.Complete());

    /// <inheritdoc/>
    public void Dispose()
    {
        _recording?.Dispose();
        _outputs.ForEach(static output => output.Dispose());
    }
}
