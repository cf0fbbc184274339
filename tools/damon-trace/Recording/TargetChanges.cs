using Damon.Trace.Tracer;

namespace Damon.Trace.Cli.Recording;

/// <summary>Says on stderr which targets come and go; of a service that forks all the time the first ones, and how many more at the end.</summary>
internal sealed class TargetChanges
{
    private const int MaxLines = 20;

    private readonly TextWriter _error;
    private readonly string _verb;
    private readonly Lock _lock = new();
    private int _nrLines;
    private int _nrUnsaid;

    internal TargetChanges(TextWriter error, string verb = "recorded") => (_error, _verb) = (error, verb);

    /// <summary>From now on; nothing is said where targets are not followed.</summary>
    /// <param name="monitor">Who follows them.</param>
    /// <param name="error">Where it is said.</param>
    /// <param name="verb">What is done to those that come.</param>
    internal static TargetChanges Of(MemoryMonitor monitor, TextWriter error, string verb = "recorded")
    {
        var changes = new TargetChanges(error, verb);
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
                TargetChangeKind.Came => $"is {_verb} from now on; {targets}",
                TargetChangeKind.Exited => $"has exited; {targets}",
                TargetChangeKind.Left => $"belongs to it no longer; {targets}",
                _ => $"is left out: {change.Reason}",
            };
            _error.WriteLine($"damon-trace: {change.Comm} ({change.Pid}) {what}");
        }
    }
}
