using System.Runtime.ExceptionServices;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Lets another reader run on a thread of its own, up to <see cref="EventQueue.MaxRegions"/> regions ahead of the sink, so that decoding
/// and what becomes of it share two processors. The sink is called as ever: by the caller's thread, in order, its exceptions the caller's.
/// </summary>
/// <remarks>
/// When the sink throws, the reader ends at its next event. That is not waited for: it may itself be waiting for a pipe. So its input must
/// bear being closed meanwhile, as that of <see cref="RecordingReader"/> does.
/// </remarks>
/// <param name="reader">Whose events it passes on.</param>
public sealed class ReadAhead(IRecordingReader reader) : IRecordingReader
{
    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (Environment.ProcessorCount == 1)
        {
            reader.Read(sink, cancellation);
            return;
        }

        EventQueue queue = new();
        ExceptionDispatchInfo? failure = null;
        new Thread(() =>
        {
            try
            {
                reader.Read(queue, cancellation);
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }

            queue.Finish();
        })
        {
            IsBackground = true,
            Name = "read-ahead",
        }.Start();
        try
        {
            queue.DeliverTo(sink);
        }
        finally
        {
            queue.Abandon();
        }

        failure?.Throw();
    }
}
