namespace Damon.Trace.Exporters.Recordings;

/// <summary>The input is not a recording we can read. The message says where (offset or line), what was expected and what was found.</summary>
public sealed class RecordingFormatException : IOException
{
    public RecordingFormatException(string message)
        : base(message)
    {
    }

    public RecordingFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
