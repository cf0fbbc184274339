using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Cli;

/// <summary>
/// Leaves the process even when others hold it: at exit the runtime waits until every EventPipe session has been read, also the sessions
/// of other processes, so one stopped dotnet-trace would keep us for ever.
/// </summary>
internal static class ProcessExit
{
    /// <summary>Lets the runtime end as it likes, but no longer than so. Everything must have been written before.</summary>
    internal static void LeaveWithin(TimeSpan patience, int exitCode)
    {
        var leaving = new Thread(() =>
        {
            Thread.Sleep(patience);
            Unistd.ExitNow(exitCode);
        })
        { IsBackground = true };
        try
        {
            leaving.Start();
        }
        catch (OutOfMemoryException)
        {
            Unistd.ExitNow(exitCode);
        }
    }
}
