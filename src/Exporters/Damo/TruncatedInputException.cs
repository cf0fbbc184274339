namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// The input ended inside a value. Never leaves this namespace: readers turn it into the truncation of the recording's end.
/// </summary>
internal sealed class TruncatedInputException(string message) : Exception(message);
