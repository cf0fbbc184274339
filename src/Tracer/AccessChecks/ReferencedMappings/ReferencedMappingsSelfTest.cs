using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.ReferencedMappings;

/// <summary>Proves on this process that clearing clears and reading sees: one scratch mapping is touched after, one before.</summary>
internal static unsafe class ReferencedMappingsSelfTest
{
    internal static Capability Run() => OwnProcessTest.Run(Attempt);

    private static Capability Attempt(TargetProcess self)
    {
        using var check = new ReferencedMappingsCheck(self);

        // Shared mappings of their own: private neighbours would become one mapping. Anew for every attempt: where clearing does not flush,
        // a page touched in the attempt before is still in the TLB and would not be marked.
        nuint size = (nuint)Unistd.PageSize;
        byte* touched = Map(size);
        byte* idle = Map(size);
        try
        {
            return touched is null || idle is null
                ? Capability.No("no memory for the self-test", "free some memory")
                : Judge(check, touched, idle);
        }
        finally
        {
            Unmap(touched, size);
            Unmap(idle, size);
        }
    }

    private static Capability Judge(ReferencedMappingsCheck check, byte* touched, byte* idle)
    {
        bool swapped = touched > idle;
        ReadOnlySpan<ulong> addresses = swapped ? [(ulong)idle, (ulong)touched] : [(ulong)touched, (ulong)idle];
        Span<AccessState> states = stackalloc AccessState[2];

        // Only one of the two is touched before clearing: without a flush, a page touched before might be cached and not be marked again.
        Volatile.Write(ref *idle, 1);
        check.MakeOld(addresses);
        Volatile.Write(ref *touched, 1);
        check.ReadYoung(addresses, states);
        AccessState touchedState = states[swapped ? 1 : 0];
        AccessState idleState = states[swapped ? 0 : 1];
        if (touchedState != AccessState.Accessed)
        {
            return Capability.No("smaps does not show a touched mapping as referenced", "try another access check");
        }

        return idleState == AccessState.NotAccessed
            ? Capability.Yes
            : Capability.No("clear_refs does not make pages old", "try another access check");
    }

    private static byte* Map(nuint size)
    {
        return (byte*)SysMman.Map(
            size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, file: null, out _);
    }

    private static void Unmap(byte* mapping, nuint size)
    {
        if (mapping is not null)
        {
            _ = SysMman.Unmap(mapping, size);
        }
    }
}
