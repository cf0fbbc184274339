using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>The self-test of checks that tell pages apart: on scratch memory of this process every answer is known.</summary>
internal static class ScratchTest
{
    /// <summary>Nothing touched, then every second page written: the check must say just that.</summary>
    /// <param name="check">Of this process.</param>
    /// <param name="scratch">All its pages have been written before.</param>
    /// <param name="pages">How many of them to check, from the first on.</param>
    /// <param name="beforeTouching">Called when the pages are old; null for nothing.</param>
    internal static Capability Run(IAccessCheck check, ScratchMapping scratch, int pages, Action<ScratchMapping>? beforeTouching = null)
    {
        ulong[] addresses = new ulong[pages];
        var states = new AccessState[pages];
        for (int page = 0; page < pages; page++)
        {
            addresses[page] = scratch.AddressOf(page);
        }

        check.MakeOld(addresses);
        check.ReadYoung(addresses, states);
        string? wrong = Compare(states, step: 0, "after clearing");

        check.MakeOld(addresses);
        beforeTouching?.Invoke(scratch);
        for (int page = 0; page < pages; page += 2)
        {
            scratch[page]++;
        }

        check.ReadYoung(addresses, states);
        wrong ??= Compare(states, step: 2, "after touching every second page");
        return wrong is null ? Capability.Yes : Capability.No($"self-test failed: {wrong}");
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
