using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>A target of a recorder, as those see it who watch what becomes of it.</summary>
public interface IWatchedTarget
{
    /// <summary>The process.</summary>
    TargetProcess Process { get; }

    /// <summary>
    /// What else must be known to read its numbers, <c>key=value</c> pairs separated by blanks; described with the next snapshot. May be set
    /// from any thread.
    /// </summary>
    string Remarks { get; set; }
}
