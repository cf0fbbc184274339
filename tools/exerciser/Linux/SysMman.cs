using System.Runtime.InteropServices;

namespace Damon.Trace.Exerciser.Linux;

/// <summary>sys/mman.h. Every failure is an exception: a workload without its memory is of no use.</summary>
internal static unsafe partial class SysMman
{
    internal const int PROT_NONE = 0;
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int MAP_PRIVATE = 2;
    internal const int MADV_DONTNEED = 4;
    internal const int MADV_HUGEPAGE = 14;
    internal const int MADV_NOHUGEPAGE = 15;
    private const int MAP_ANONYMOUS = 0x20;
    private const int MAP_NORESERVE = 0x4000;
    private const int MREMAP_MAYMOVE = 1;

    internal static byte* Map(ulong size, int protection, int sharing)
    {
        int flags = sharing | MAP_ANONYMOUS | (protection == PROT_NONE ? MAP_NORESERVE : 0);
        return Address(mmap(null, (nuint)size, protection, flags, -1, 0), "mmap", size);
    }

    /// <summary>Maps shared memory a second time: mremap(2) of no bytes leaves the first mapping in place.</summary>
    internal static byte* MapAgain(byte* address, ulong size)
    {
        return Address(mremap(address, 0, (nuint)size, MREMAP_MAYMOVE), "mremap", size);
    }

    internal static void Protect(byte* address, ulong size, int protection)
    {
        Check(mprotect(address, (nuint)size, protection), "mprotect", size);
    }

    internal static void Lock(byte* address, ulong size) => Check(mlock(address, (nuint)size), "mlock", size);

    /// <summary>Advice the kernel was built without is no error: whether it had an effect is looked up afterwards.</summary>
    internal static void Advise(byte* address, ulong size, int advice) => _ = madvise(address, (nuint)size, advice);

    private static byte* Address(void* result, string call, ulong size)
    {
        Check((nint)result == -1 ? -1 : 0, call, size);
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

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mremap(void* address, nuint oldSize, nuint newSize, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mlock(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(void* address, nuint length, int advice);
}
