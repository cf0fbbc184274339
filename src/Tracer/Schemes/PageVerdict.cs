namespace Damon.Trace.Tracer.Schemes;

/// <summary>What is to become of pages.</summary>
internal enum PageVerdict
{
    /// <summary>Nothing: they are as the action would make them.</summary>
    Pass,

    /// <summary>They are acted on.</summary>
    Act,

    /// <summary>They must not be.</summary>
    Refuse,
}
