using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.IdlePages;

/// <summary>Runs the check on scratch memory of this process, where every answer is known.</summary>
internal static class IdlePagesSelfTest
{
    private const int Pages = 64;

    // Pages just faulted in wait in lists of up to 31 per CPU before the kernel tracks them: later ones push them out.
    private const int PushOut = 256;

    // Unless this thread was moved to another CPU in between: then once more, with fresh memory.
    private const int Attempts = 3;

    internal static Capability Run()
    {
        try
        {
            using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
            using var check = new IdlePagesCheck(self);
            Capability judged = RunOnce(check);
            for (int attempt = 1; attempt < Attempts && !judged.Available; attempt++)
            {
                judged = RunOnce(check);
            }

            return judged;
        }
        catch (TargetUnavailableException error)
        {
            return Capability.No(error.Message, error.Hint);
        }
    }

    private static Capability RunOnce(IdlePagesCheck check)
    {
        using var scratch = new ScratchMapping(Pages + PushOut);
        for (int page = 0; page < Pages + PushOut; page++)
        {
            scratch[page] = 1;
        }

        return ScratchTest.Run(check, scratch, Pages, static mapping => mapping.FlushTlb());
    }
}
