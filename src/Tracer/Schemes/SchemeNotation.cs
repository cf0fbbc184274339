namespace Damon.Trace.Tracer.Schemes;

/// <summary>How a file writes schemes down. All three mean the same; docs/schemes.md has what each cannot say.</summary>
public enum SchemeNotation
{
    /// <summary>A scheme a line, as the kernel's documents have them.</summary>
    Line,

    /// <summary>damo's: a list of objects, or the kdamonds of a whole configuration.</summary>
    Json,

    /// <summary>The objects of damo's JSON as YAML, and what damo has no word for.</summary>
    Yaml,
}
