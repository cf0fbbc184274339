using System.Globalization;

namespace Damon.Trace.Cli.Recording;

/// <summary>
/// SIGHUP to a service: that its config file is to be read anew. From a terminal that hangs up it means what it always did, that the recording is
/// to end. For recordings that are no service it ends them, too.
/// </summary>
internal sealed class ReloadRequests : IDisposable
{
    private readonly bool _hadTerminal = HasTerminal();
    private readonly Lock _lock = new();
    private IDisposable? _listening;
    private TaskCompletionSource _asked = NewRequest();

    /// <summary>Ends when the next one is there.</summary>
    internal Task Next
    {
        get
        {
            lock (_lock)
            {
                return _asked.Task;
            }
        }
    }

    /// <summary>From now on, or no more.</summary>
    internal void Listen(bool wanted)
    {
        if (!wanted)
        {
            Dispose();
            Interruption.DeferHangUpsNoMore();
        }
        else
        {
            _listening ??= Interruption.TakesHangUps(OnHangUp);
        }
    }

    /// <summary>It is being answered: those that come from now on are new ones.</summary>
    internal void BeginAnswer()
    {
        lock (_lock)
        {
            _asked = NewRequest();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listening?.Dispose();
        _listening = null;
    }

    /// <summary>By proc_pid_stat(5) the seventh field, behind a comm that may have anything in it: 0 where there is none.</summary>
    private static bool HasTerminal()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return int.Parse(fields[4], CultureInfo.InvariantCulture) != 0;
    }

    private static TaskCompletionSource NewRequest() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool OnHangUp()
    {
        // Of a terminal that has gone the kernel takes the processes off before it tells them.
        if (_hadTerminal && !HasTerminal())
        {
            return false;
        }

        lock (_lock)
        {
            _asked.TrySetResult();
        }

        return true;
    }
}
