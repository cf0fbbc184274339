using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.ReferencedMappings;

/// <summary>Proves on this process that clearing clears and reading sees: one scratch mapping is touched after, one before.</summary>
internal static unsafe class ReferencedMappingsSelfTest
{
    // Somebody else may clear this process's bits between our touch and our look: then once more.
    private const int Attempts = 3;

    internal static Capability Run()
    {
        // Shared mappings of their own: private neighbours would become one mapping.
        nuint size = (nuint)Unistd.PageSize;
        byte* touched = Map(size);
        byte* idle = Map(size);
        if (touched is null || idle is null)
        {
            return Capability.No("no memory for the self-test", "free some memory");
        }

        try
        {
            using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
            using var check = new ReferencedMappingsCheck(self);
            Capability judged = Judge(check, touched, idle);
            for (int attempt = 1; attempt < Attempts && !judged.Available; attempt++)
            {
                judged = Judge(check, touched, idle);
            }

            return judged;
        }
        catch (TargetUnavailableException e)
        {
            return Capability.No(e.Message, e.Hint);
        }
        finally
        {
            _ = SysMman.Unmap(touched, size);
            _ = SysMman.Unmap(idle, size);
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
            size, SysMman.PROT_READ | SysMman.PROT_WRITE, SysMman.MAP_SHARED | SysMman.MAP_ANONYMOUS, file: null, out _);
    }
}
