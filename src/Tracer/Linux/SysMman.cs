using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/mman.h and sys/uio.h. Each wrapper returns the call's result, or -errno.</summary>
internal static unsafe partial class SysMman
{
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int MAP_PRIVATE = 2;
    internal const int MAP_ANONYMOUS = 0x20;

    internal const int MADV_WILLNEED = 3;
    internal const int MADV_HUGEPAGE = 14;
    internal const int MADV_NOHUGEPAGE = 15;
    internal const int MADV_COLD = 20;
    internal const int MADV_PAGEOUT = 21;
    internal const int MADV_COLLAPSE = 25;

    /// <summary>UIO_MAXIOV: entries one process_madvise takes.</summary>
    internal const int MaxIoVectors = 1024;

    // The number is the same on every architecture (asm-generic/unistd.h).
    private const long SYS_process_madvise = 440;
    private const int MPOL_MF_MOVE = 2;

    private static readonly long SYS_move_pages = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 279 : 239;

    /// <summary>Maps memory; null and the errno when it cannot be mapped.</summary>
    internal static void* Map(nuint length, int protection, int flags, SafeFileHandle? file, out int errno)
    {
        void* address = mmap(null, length, protection, flags, file is null ? -1 : (int)file.DangerousGetHandle(), 0);
        bool failed = (nint)address == -1;
        errno = failed ? Errno.Last : 0;
        return failed ? null : address;
    }

    internal static int Unmap(void* address, nuint length) => munmap(address, length) < 0 ? -Errno.Last : 0;

    internal static int Protect(void* address, nuint length, int protection) =>
        mprotect(address, length, protection) < 0 ? -Errno.Last : 0;

    internal static int Advise(void* address, nuint length, int advice) => madvise(address, length, advice) < 0 ? -Errno.Last : 0;

    /// <summary>Which pages are in memory: bit 0 of a byte each. 0 or -errno.</summary>
    internal static int InCore(void* address, nuint length, Span<byte> pages)
    {
        fixed (byte* vector = pages)
        {
            return mincore(address, length, vector) < 0 ? -Errno.Last : 0;
        }
    }

    /// <summary>Gives advice on ranges of another process; bytes done before the first entry that was refused, or -errno.</summary>
    internal static long ProcessAdvise(SafeFileHandle pidfd, ReadOnlySpan<IoVector> ranges, int advice)
    {
        fixed (IoVector* vectors = ranges)
        {
            long result = syscall(SYS_process_madvise, (long)pidfd.DangerousGetHandle(), (long)vectors, ranges.Length, advice, 0);
            return result < 0 ? -Errno.Last : result;
        }
    }

    /// <summary>
    /// Moves one page of this process to a memory node, by default the first one: 0 or -errno, whether it had to be moved or not.
    /// </summary>
    internal static int MovePage(void* page, int node = 0)
    {
        int status = 0;
        long result = syscall(SYS_move_pages, 0, 1, &page, &node, &status, MPOL_MF_MOVE);
        return result < 0 ? -Errno.Last : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mincore(void* address, nuint length, byte* vector);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long argument1, long argument2, long argument3, long argument4, long argument5);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, int pid, nuint count, void* pages, int* nodes, int* status, int flags);

    /// <summary>struct iovec.</summary>
    internal struct IoVector
    {
        internal ulong Base;
        internal ulong Length;
    }
}
