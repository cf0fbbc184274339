using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exerciser.Linux;

/// <summary>sys/mman.h. Every failure is an exception: a workload without its memory is of no use.</summary>
internal static unsafe class SysMman
{
    internal static byte* Map(ulong size, int protection, int sharing)
    {
        int flags = sharing | MAP_ANONYMOUS | (protection == PROT_NONE ? MAP_NORESERVE : 0);
        return Address(mmap(null, (size_t)size, protection, flags, -1, 0), "mmap", size);
    }

    /// <summary>Maps shared memory a second time: mremap(2) of no bytes leaves the first mapping in place.</summary>
    internal static byte* MapAgain(byte* address, ulong size)
    {
        return Address(mremap(address, 0, (size_t)size, MREMAP_MAYMOVE, null), "mremap", size);
    }

    internal static void Protect(byte* address, ulong size, int protection)
    {
        Check(mprotect(address, (size_t)size, protection), "mprotect", size);
    }

    internal static void Lock(byte* address, ulong size) => Check(mlock(address, (size_t)size), "mlock", size);

    /// <summary>Advice the kernel was built without is no error: whether it had an effect is looked up afterwards.</summary>
    internal static void Advise(byte* address, ulong size, int advice) => _ = madvise(address, (size_t)size, advice);

    private static byte* Address(void* result, string call, ulong size)
    {
        Check(result == MAP_FAILED ? -1 : 0, call, size);
        return (byte*)result;
    }

    private static void Check(int result, string call, ulong size)
    {
        if (result < 0)
        {
            string reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            string hint = call == "mlock"
                ? "ulimit -l shows how much may be locked"
                : "free -m and /proc/sys/vm/max_map_count show the limits";
            throw new UsageException($"{call} of {size} bytes: {reason}", hint);
        }
    }
}
