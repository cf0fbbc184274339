namespace Damon.Trace.Tracer.Targets;

/// <summary>What a target's runtime tells about its memory beyond /proc/PID/maps.</summary>
public interface INamedRanges : IDisposable
{
    /// <summary>How the names become known, a <c>key=value</c> for the labels: asking a runtime is not free for the target.</summary>
    string Label { get; }

    /// <summary>
    /// The ranges known now, disjoint and in address order; empty while nothing is known. Replaced as a whole, by any thread: another
    /// object means other ranges.
    /// </summary>
    IReadOnlyList<NamedRange> Ranges { get; }
}
