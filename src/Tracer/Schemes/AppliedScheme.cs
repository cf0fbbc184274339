using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>A scheme that a monitor applies. For any thread.</summary>
public sealed class AppliedScheme
{
    private SchemeActivity _activity = new();
    private Input? _userInput;

    internal AppliedScheme(Scheme scheme, int index, SchemeHandler? handler)
    {
        Scheme = scheme;
        Index = index;
        Handler = handler;
    }

    /// <summary>What it is to do.</summary>
    public Scheme Scheme { get; }

    /// <summary>Its number among the schemes of the monitor, from 0.</summary>
    public int Index { get; }

    /// <summary>What it has done until now.</summary>
    public SchemeActivity Activity
    {
        get => Volatile.Read(ref _activity);
        internal set => Volatile.Write(ref _activity, value);
    }

    /// <summary>The value now of goals by user input (<c>user_input</c>), in the unit of their wanted value; counts from the next reset interval on.</summary>
    public void SetUserInput(ulong value) => Volatile.Write(ref _userInput, new Input(value));

    internal ulong? UserInput => Volatile.Read(ref _userInput)?.Value;

    internal SchemeHandler? Handler { get; }

    /// <summary>Why targets cannot be acted on, as far as that was known when it was applied.</summary>
    internal IReadOnlyDictionary<ulong, SchemeException> Refused { get; init; } = new Dictionary<ulong, SchemeException>();

    private sealed record Input(ulong Value);
}
