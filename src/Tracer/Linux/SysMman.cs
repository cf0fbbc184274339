using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/mman.h and sys/uio.h. Each wrapper returns the call's result, or -errno.</summary>
internal static unsafe class SysMman
{
    internal const int MADV_COLD = 20;
    internal const int MADV_PAGEOUT = 21;
    internal const int MADV_COLLAPSE = 25;

    /// <summary>UIO_MAXIOV: entries one process_madvise takes.</summary>
    internal const int MaxIoVectors = 1024;

    // The number is the same on every architecture (asm-generic/unistd.h).
    private const int SYS_process_madvise = 440;
    private const int MPOL_MF_MOVE = 2;

    private static readonly int SYS_move_pages = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 279 : 239;

    /// <summary>Maps memory; null and the errno when it cannot be mapped.</summary>
    internal static void* Map(nuint length, int protection, int flags, SafeFileHandle? file, out int errno)
    {
        if (file is null)
        {
            return Mapped(mmap(null, (size_t)length, protection, flags, -1, 0), out errno);
        }

        using var fd = new Descriptor(file);
        return Mapped(mmap(null, (size_t)length, protection, flags, fd, 0), out errno);
    }

    private static void* Mapped(void* address, out int errno)
    {
        bool failed = address == MAP_FAILED;
        errno = failed ? Errno.Last : 0;
        return failed ? null : address;
    }

    internal static int Unmap(void* address, nuint length) => munmap(address, (size_t)length) < 0 ? -Errno.Last : 0;

    internal static int Protect(void* address, nuint length, int protection) =>
        mprotect(address, (size_t)length, protection) < 0 ? -Errno.Last : 0;

    internal static int Advise(void* address, nuint length, int advice) => madvise(address, (size_t)length, advice) < 0 ? -Errno.Last : 0;

    /// <summary>Which pages are in memory: bit 0 of a byte each. 0 or -errno.</summary>
    internal static int InCore(void* address, nuint length, Span<byte> pages)
    {
        fixed (byte* vector = pages)
        {
            return mincore(address, (size_t)length, vector) < 0 ? -Errno.Last : 0;
        }
    }

    /// <summary>Gives advice on ranges of another process; bytes done before the first entry that was refused, or -errno.</summary>
    internal static long ProcessAdvise(SafeFileHandle pidfd, ReadOnlySpan<IoVector> ranges, int advice)
    {
        using var fd = new Descriptor(pidfd);
        fixed (IoVector* vectors = ranges)
        {
            long result = (ssize_t)syscall(SYS_process_madvise, (int)fd, vectors, ranges.Length, advice, 0);
            return result < 0 ? -Errno.Last : result;
        }
    }

    /// <summary>
    /// Moves one page of this process to a memory node, by default the first one: 0 or -errno, whether it had to be moved or not.
    /// </summary>
    internal static int MovePage(void* page, int node = 0)
    {
        int status = 0;
        long result = (ssize_t)syscall(SYS_move_pages, 0, 1, &page, &node, &status, MPOL_MF_MOVE);
        return result < 0 ? -Errno.Last : 0;
    }

    /// <summary>
    /// Asks on which memory node each page of a process is, or moves those of its pages that nobody else maps: 0 or more, or -errno. Only a process
    /// that may be looked at (ptrace) lets that happen.
    /// </summary>
    /// <param name="pid">The process; 0 for this one.</param>
    /// <param name="pages">Addresses, one a page.</param>
    /// <param name="nodes">One a page; empty to ask.</param>
    /// <param name="status">Receives the node of each page, or -errno.</param>
    internal static long MovePages(int pid, ReadOnlySpan<ulong> pages, ReadOnlySpan<int> nodes, Span<int> status)
    {
        fixed (ulong* addresses = pages)
        fixed (int* wanted = nodes, found = status)
        {
            long result = (ssize_t)syscall(SYS_move_pages, pid, pages.Length, addresses, wanted, found, MPOL_MF_MOVE);
            return result < 0 ? -Errno.Last : result;
        }
    }

    /// <summary>struct iovec, of addresses that are another process's: no pointers here.</summary>
    internal struct IoVector
    {
        internal ulong Base;
        internal ulong Length;
    }
}
