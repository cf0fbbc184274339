using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.IdlePages;

/// <summary>Runs the check on scratch memory of this process, where every answer is known.</summary>
internal static class IdlePagesSelfTest
{
    private const int Pages = 64;

    // Pages just faulted in wait in lists of up to 31 per CPU before the kernel tracks them: later ones push them out.
    private const int PushOut = 256;

    internal static Capability Run() => OwnProcessTest.Run(Attempt);

    private static Capability Attempt(TargetProcess self)
    {
        using var check = new IdlePagesCheck(self);
        using var scratch = new ScratchMapping(Pages + PushOut);
        for (int page = 0; page < Pages + PushOut; page++)
        {
            scratch[page] = 1;
        }

        return ScratchTest.Run(check, scratch, Pages, static mapping => mapping.FlushTlb());
    }
}
