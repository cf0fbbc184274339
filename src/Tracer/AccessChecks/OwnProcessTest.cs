using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>
/// The frame of the self-tests: on this process, a few times at most. Reclaim, khugepaged, another CPU's lists and other samplers may
/// disturb an attempt; none of them disturbs all, and what does not work fails every time.
/// </summary>
internal static class OwnProcessTest
{
    private const int Attempts = 3;

    /// <summary>Yes when one attempt succeeds, else what the last one says.</summary>
    /// <param name="attempt">Is given this process, and takes fresh memory: what an attempt has touched may still be in a TLB.</param>
    internal static Capability Run(Func<TargetProcess, Capability> attempt)
    {
        try
        {
            using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
            Capability judged = attempt(self);
            for (int attempts = 1; attempts < Attempts && !judged.Available; attempts++)
            {
                judged = attempt(self);
            }

            return judged;
        }
        catch (TargetUnavailableException error)
        {
            return Capability.No(error.Message, error.Hint);
        }
    }
}
