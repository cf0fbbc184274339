namespace Damon.Trace.Exerciser;

/// <summary>Something the user asked for is not possible: one line and a hint.</summary>
internal sealed class UsageException(string message, string hint) : Exception(message)
{
    internal string Hint { get; } = hint;
}
