namespace Damon.Trace.Accuracy;

/// <summary>A row that this machine cannot measure; the message says why.</summary>
internal sealed class NotPossibleException(string message) : Exception(message);
