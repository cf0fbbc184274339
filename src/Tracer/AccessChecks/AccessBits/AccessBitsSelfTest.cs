using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Runs the check on scratch memory of this process, where every answer is known.</summary>
internal static class AccessBitsSelfTest
{
    private const int Pages = 64;

    internal static Capability Run(PageTableReader reader) => OwnProcessTest.Run(self => Attempt(reader, self));

    private static Capability Attempt(PageTableReader reader, TargetProcess self)
    {
        using var scratch = new ScratchMapping(Pages);
        using var check = new AccessBitsCheck(reader, self, TimeSpan.FromMinutes(1));
        for (int page = 0; page < Pages; page++)
        {
            scratch[page] = 1;
        }

        Capability capability = ScratchTest.Run(check, scratch, Pages);
        return check.CannotClear
            ? Capability.No("neither MADV_COLD nor clear_refs may be used", "run with CAP_SYS_NICE, or as the owner of the target")
            : capability;
    }
}
