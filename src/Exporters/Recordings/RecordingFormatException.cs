using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// The input is not a recording we can read. The message says where (offset or line), what was expected and what was found.
/// </summary>
public sealed class RecordingFormatException : DamonTraceException
{
    private const string HintMark = "; hint: ";

    /// <param name="message">What is wrong; readers that know what would help put it behind <c>; hint: </c>.</param>
    public RecordingFormatException(string message)
        : base(message.Split(HintMark, 2)[0], message.Split(HintMark, 2).ElementAtOrDefault(1))
    {
    }

    /// <param name="message">What is wrong, without a hint: that of <paramref name="inner"/> is taken over.</param>
    /// <param name="inner">What the reader found.</param>
    public RecordingFormatException(string message, Exception inner)
        : base(message, (inner as DamonTraceException)?.Hint, inner)
    {
    }
}
