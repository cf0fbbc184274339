namespace Damon.Trace.Cli;

/// <summary>
/// How many threads this process may begin. The runtime begins some of its own where it likes, and where it cannot that ends the process in the middle of
/// whatever it does: so that is tried before anything is begun.
/// </summary>
internal static class FurtherThreads
{
    /// <summary>A recording has 16 to 20.</summary>
    private const int Least = 24;

    /// <exception cref="UserErrorException">They cannot be had.</exception>
    internal static void Require()
    {
        using var over = new ManualResetEventSlim();
        var begun = new List<Thread>();
        try
        {
            while (begun.Count < Least)
            {
                var thread = new Thread(over.Wait) { IsBackground = true };
                thread.Start();
                begun.Add(thread);
            }
        }
        catch (OutOfMemoryException)
        {
            throw new UserErrorException(
                $"this process may have {begun.Count} further threads, and needs {Least}",
                "see ulimit -u and -v, and pids.max and memory.max of the control group", ExitCode.NoAccessCheck);
        }
        finally
        {
            over.Set();
            begun.ForEach(static thread => thread.Join());
        }
    }
}
