using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>linux/user_events.h (6.4 on): events that a process defines and the kernel's tracers see. Results are 0 or -errno.</summary>
internal static unsafe class UserEvents
{
    /// <summary>asm-generic/errno-base.h: what a write says when nobody listens any more.</summary>
    internal const int EBADF = 9;

    /// <summary>asm-generic/errno.h: the name is taken by an event with other fields.</summary>
    internal const int EADDRINUSE = 98;

    private const int DIAG_IOCSREG = unchecked((int)0xC0082A00);
    private const int DIAG_IOCSUNREG = 0x40082A02;

    /// <summary>Defines an event, or joins the definition another process made of the same one.</summary>
    internal static int Register(SafeFileHandle file, ref UserReg registration)
    {
        using var fd = new Descriptor(file);
        fixed (UserReg* argument = &registration)
        {
            return ioctl(fd, DIAG_IOCSREG, argument) < 0 ? -Errno.Last : 0;
        }
    }

    /// <summary>The kernel stops writing to the enable bit. Must come before that memory is freed.</summary>
    internal static int Unregister(SafeFileHandle file, UserUnreg registration)
    {
        using var fd = new Descriptor(file);
        return ioctl(fd, DIAG_IOCSUNREG, &registration) < 0 ? -Errno.Last : 0;
    }

    /// <summary>Writes one event: its index, then its packed fields. The file is a plain number: no reference counting.</summary>
    internal static int Write(int fd, void* record, nuint size) => write(fd, record, (size_t)size) < 0 ? -Errno.Last : 0;

    /// <summary>struct user_reg, packed, 28 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct UserReg
    {
        internal uint Size;
        internal byte EnableBit;

        /// <summary>Width of the enable word in bytes, 4 or 8.</summary>
        internal byte EnableSize;
        internal ushort Flags;

        /// <summary>Address of the enable word: aligned native memory, which no garbage collection moves.</summary>
        internal ulong EnableAddr;

        /// <summary>Address of the definition, NUL-terminated.</summary>
        internal ulong NameArgs;

        /// <summary>Set by the kernel: what every write begins with.</summary>
        internal uint WriteIndex;
    }

    /// <summary>struct user_unreg, packed, 16 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct UserUnreg
    {
        internal uint Size;
        internal byte DisableBit;
        internal byte Reserved;
        internal ushort Reserved2;
        internal ulong DisableAddr;
    }
}
