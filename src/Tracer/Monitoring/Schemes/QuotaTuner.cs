namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>How a quota follows its goals.</summary>
public enum QuotaTuner
{
    /// <summary>Grows while a goal is not met, shrinks when it is exceeded.</summary>
    Consist,

    /// <summary>All until a goal is met, then nothing.</summary>
    Temporal,
}
