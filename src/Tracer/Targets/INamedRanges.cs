namespace Damon.Trace.Tracer.Targets;

/// <summary>What a target's runtime tells about its memory beyond /proc/PID/maps.</summary>
public interface INamedRanges : IDisposable
{
    /// <summary>How the names become known, a <c>key=value</c> for the labels: a runtime's tables are read in the target's memory.</summary>
    string Label { get; }

    /// <summary>CPU time that finding the names has taken outside this process, in nanoseconds.</summary>
    long CpuNs { get; }

    /// <summary>
    /// The ranges known now, disjoint and in address order; empty while nothing is known. Replaced as a whole, by any thread: another
    /// object means other ranges.
    /// </summary>
    IReadOnlyList<NamedRange> Ranges { get; }
}
