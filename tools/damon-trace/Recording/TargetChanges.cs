using Damon.Trace.Tracer;

namespace Damon.Trace.Cli.Recording;

/// <summary>Says on stderr which targets come and go; of a service that forks all the time the first ones, and how many more at the end.</summary>
internal sealed class TargetChanges
{
    private const int MaxLines = 20;

    private readonly TextWriter _error;
    private readonly Lock _lock = new();
    private int _nrLines;
    private int _nrUnsaid;

    internal TargetChanges(TextWriter error) => _error = error;

    /// <summary>From now on; nothing is said where targets are not followed.</summary>
    internal static TargetChanges Of(MemoryMonitor monitor, TextWriter error)
    {
        var changes = new TargetChanges(error);
        monitor.TargetChanged += changes.Say;
        return changes;
    }

    /// <summary>Says how many there were that nothing was said about.</summary>
    internal void SayRest()
    {
        lock (_lock)
        {
            if (_nrUnsaid > 0)
            {
                _error.WriteLine($"damon-trace: {_nrUnsaid} more changes of targets");
                _nrUnsaid = 0;
            }
        }
    }

    internal void Say(TargetChange change)
    {
        lock (_lock)
        {
            if (_nrLines == MaxLines)
            {
                _nrUnsaid++;
                return;
            }

            _nrLines++;
            string targets = change.NrTargets == 1 ? "1 target" : $"{change.NrTargets} targets";
            string what = change.Kind switch
            {
                TargetChangeKind.Came => $"is recorded from now on; {targets}",
                TargetChangeKind.Exited => $"has exited; {targets}",
                TargetChangeKind.Left => $"belongs to it no longer; {targets}",
                _ => $"is left out: {change.Reason}",
            };
            _error.WriteLine($"damon-trace: {change.Comm} ({change.Pid}) {what}");
        }
    }
}
