using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>linux/userfaultfd.h, its write-protection part. Results are 0 or -errno.</summary>
internal static unsafe class Userfaultfd
{
    /// <summary>UFFD_USER_MODE_ONLY: needs no privilege.</summary>
    internal const int UserModeOnly = 1;

    /// <summary>UFFD_FEATURE_WP_ASYNC and UFFD_FEATURE_WP_UNPOPULATED: the kernel notes a write and lets it go on (Linux 6.7).</summary>
    internal const ulong AsyncWriteProtection = (1UL << 15) | (1UL << 13);

    private const ulong UFFD_API = 0xAA;
    private const ulong UFFDIO_REGISTER_MODE_WP = 2;

    private const int UFFDIO_API = unchecked((int)0xC018AA3F);
    private const int UFFDIO_REGISTER = unchecked((int)0xC020AA00);
    private const int UFFDIO_UNREGISTER = unchecked((int)0x8010AA01);

    /// <summary>Number of the system call: asm/unistd_64.h of x86 and asm-generic/unistd.h.</summary>
    internal static readonly int SYS_userfaultfd = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 323 : 282;

    /// <summary>Flags of a descriptor that any process may open for itself.</summary>
    internal static int UnprivilegedFlags => O_CLOEXEC | O_NONBLOCK | UserModeOnly;

    /// <summary>Opens one for this process; an invalid handle and the errno when it is refused.</summary>
    internal static SafeFileHandle Open(out int errno)
    {
        int fd = (int)syscall(SYS_userfaultfd, UnprivilegedFlags);
        errno = fd < 0 ? Errno.Last : 0;
        return new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Agrees on what the descriptor is used for; once in its life.</summary>
    internal static int Enable(SafeFileHandle file, ulong features)
    {
        var api = new Api { Version = UFFD_API, Features = features };
        return Control(file, UFFDIO_API, &api);
    }

    /// <summary>Lets pages of a mapping be write-protected; of its memory nothing changes yet.</summary>
    internal static int Register(SafeFileHandle file, ulong start, ulong length)
    {
        var register = new RegisterArguments { Start = start, Length = length, Mode = UFFDIO_REGISTER_MODE_WP };
        return Control(file, UFFDIO_REGISTER, &register);
    }

    /// <summary>Takes the protection off all pages of a mapping.</summary>
    internal static int Unregister(SafeFileHandle file, ulong start, ulong length)
    {
        var range = new Range { Start = start, Length = length };
        return Control(file, UFFDIO_UNREGISTER, &range);
    }

    private static int Control(SafeFileHandle file, int request, void* argument)
    {
        using var fd = new Descriptor(file);
        return ioctl(fd, request, argument) < 0 ? -Errno.Last : 0;
    }

    /// <summary>struct uffdio_api.</summary>
    private struct Api
    {
        internal ulong Version;
        internal ulong Features;
        internal ulong Ioctls;
    }

    /// <summary>struct uffdio_register.</summary>
    private struct RegisterArguments
    {
        internal ulong Start;
        internal ulong Length;
        internal ulong Mode;
        internal ulong Ioctls;
    }

    /// <summary>struct uffdio_range.</summary>
    private struct Range
    {
        internal ulong Start;
        internal ulong Length;
    }
}
