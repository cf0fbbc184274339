using Damon.Trace.Cli.Metrics;
using Damon.Trace.Events;

namespace Damon.Trace.Cli.Recording;

/// <summary>
/// Reads the config file anew when SIGHUP asks for it, and opens what it says while the recording goes on: targets, outputs, ports. Only when all of it is
/// there the recording ends and the next one takes its place. A mistake is told, and nothing else happens.
/// </summary>
internal sealed class RecordingReload : IDisposable
{
    private static readonly Task s_never = new TaskCompletionSource().Task;

    private readonly Func<RecordRequest>? _readAgain;
    private readonly Func<RecordRequest, RecordingStretch> _open;
    private readonly PublishedMetrics _metrics;
    private readonly TextWriter _error;
    private readonly ReloadRequests? _requests;
    private RecordingStretch? _next;
    private long _gapSinceNs;

    /// <param name="readAgain">Reads the config file; null without one: then there is nothing to be read anew.</param>
    /// <param name="open">Opens what it asks for.</param>
    /// <param name="metrics">Where the meter is published.</param>
    /// <param name="error">For people.</param>
    internal RecordingReload(Func<RecordRequest>? readAgain, Func<RecordRequest, RecordingStretch> open, PublishedMetrics metrics, TextWriter error)
    {
        (_readAgain, _open, _metrics, _error) = (readAgain, open, metrics, error);
        _requests = readAgain is null ? null : new ReloadRequests();
    }

    /// <summary>Ends when it is asked for; never where it cannot be.</summary>
    internal Task Asked => _requests?.Next ?? s_never;

    /// <summary>
    /// From now on, for a recording that can go on in other files. One into a single file cannot: it would take the place of what was recorded before; and
    /// a command is not started again.
    /// </summary>
    internal void Listen(RecordRequest current) => _requests?.Listen(IsService(current));

    /// <summary>Opens what the file asks for now; false when that is not to be had, which is told.</summary>
    internal bool TryOpenNext()
    {
        _requests!.BeginAnswer();
        try
        {
            RecordRequest wanted = _readAgain!();
            if (!IsService(wanted))
            {
                throw new UserErrorException(
                    "the config file says nothing of rotation any more: what was recorded would be replaced", "add e.g. rotate = 1h, or restart the service", ExitCode.Usage);
            }

            _metrics.Check(wanted.Metrics);
            _next = _open(wanted);
            return true;
        }
        catch (Exception problem) when (problem is DamonTraceException or IOException or UnauthorizedAccessException)
        {
            _error.WriteLine($"damon-trace: not reloaded, the recording goes on as it was: {HumanText.OneLine(problem.Message)}");
            if (problem is DamonTraceException { Hint: { } hint })
            {
                _error.WriteLine($"hint: {HumanText.OneLine(hint)}");
            }

            return false;
        }
    }

    /// <summary>The last snapshot before the reload ended then.</summary>
    internal void BeginGap(long sinceNs) => _gapSinceNs = sinceNs;

    /// <summary>What comes next, and since when nothing was recorded; null where nothing does.</summary>
    internal (RecordingStretch Stretch, long GapSinceNs)? TakeNext()
    {
        RecordingStretch? next = _next;
        _next = null;
        return next is null ? null : (next, _gapSinceNs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _requests?.Dispose();
        _next?.Dispose();
    }

    private static bool IsService(RecordRequest request) => request is { Rotation: not null, Command.Count: 0 };
}
