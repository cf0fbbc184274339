using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Runs the check on scratch memory of this process, where every answer is known.</summary>
internal static class AccessBitsSelfTest
{
    private const int Pages = 64;

    // A page can be accessed by nobody but us, yet khugepaged or reclaim may look at it in between: then once more.
    private const int Attempts = 3;

    internal static Capability Run(PageTableReader reader)
    {
        using var scratch = new ScratchMapping(Pages);
        using var check = new AccessBitsCheck(reader, Environment.ProcessId, TimeSpan.FromMinutes(1));
        ulong[] addresses = new ulong[Pages];
        var states = new AccessState[Pages];
        for (int page = 0; page < Pages; page++)
        {
            addresses[page] = scratch.AddressOf(page);
        }

        string? wrong = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Touch(scratch, step: 1);
            check.MakeOld(addresses);
            check.ReadYoung(addresses, states);
            wrong = Compare(states, step: 0, "after clearing");
            if (check.CannotClear)
            {
                return Capability.No(
                    "neither MADV_COLD nor clear_refs may be used", "run with CAP_SYS_NICE, or as the owner of the target");
            }

            check.MakeOld(addresses);
            Touch(scratch, step: 2);
            check.ReadYoung(addresses, states);
            wrong ??= Compare(states, step: 2, "after touching every second page");
            if (wrong is null)
            {
                return Capability.Yes;
            }
        }

        return Capability.No($"self-test failed: {wrong}");
    }

    private static void Touch(ScratchMapping scratch, int step)
    {
        for (int page = 0; page < Pages; page += step)
        {
            scratch[page]++;
        }
    }

    /// <summary>Step 0: no page was touched.</summary>
    private static string? Compare(ReadOnlySpan<AccessState> states, int step, string when)
    {
        for (int page = 0; page < states.Length; page++)
        {
            AccessState expected = step != 0 && page % step == 0 ? AccessState.Accessed : AccessState.NotAccessed;
            if (states[page] != expected)
            {
                return $"page {page} of {states.Length} is {states[page]} {when}, not {expected}";
            }
        }

        return null;
    }
}
