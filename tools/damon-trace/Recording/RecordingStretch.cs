namespace Damon.Trace.Cli.Recording;

/// <summary>What is recorded by one configuration: from the begin to the end, or to the next reload. Everything that can be refused is open by then.</summary>
internal sealed class RecordingStretch : IDisposable
{
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(5);

    private RecordingStretch(RecordRequest request, RecordingSource source, TextWriter error)
    {
        (Request, Source) = (request, source);
        Segments = new RecordingSegments(request, s_stopPatience, Ended, error);
    }

    internal RecordRequest Request { get; }

    internal RecordingSource Source { get; }

    /// <summary>Its outputs.</summary>
    internal RecordingSegments Segments { get; }

    /// <summary>Set when outputs can take no more.</summary>
    internal TaskCompletionSource<EndCause> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens the outputs.</summary>
    /// <param name="request">What to record.</param>
    /// <param name="source">The same, open; owned from now on, also where this fails.</param>
    /// <param name="error">For people.</param>
    internal static RecordingStretch Open(RecordRequest request, RecordingSource source, TextWriter error)
    {
        try
        {
            return new RecordingStretch(request, source, error);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Segments.Dispose();
        Source.Dispose();
    }
}
