namespace Damon.Trace.Exporters.Recordings;

/// <summary>Reads one recording, whatever its format, into a sink.</summary>
public interface IRecordingReader
{
    /// <summary>
    /// Reads to the end, once. A recording that breaks off is delivered up to the break, and <see cref="RecordingEnd.Truncation"/> says
    /// where. When cancelled it throws <see cref="OperationCanceledException"/> without calling <see cref="IRecordingSink.OnEnd"/>.
    /// </summary>
    /// <exception cref="RecordingFormatException">The input is not a recording of this format from its first bytes on.</exception>
    void Read(IRecordingSink sink, CancellationToken cancellation);
}
