using System.Runtime.InteropServices;

namespace Damon.Trace.Exerciser.Linux;

/// <summary>linux/userfaultfd.h: a descriptor that a monitor of written pages may take from us.</summary>
internal static partial class Userfaultfd
{
    private const int UFFD_USER_MODE_ONLY = 1;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;

    // asm/unistd_64.h of x86 and asm-generic/unistd.h.
    private static readonly long s_sysUserfaultfd = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 323 : 282;

    /// <summary>Opens one and keeps it until the end of the process: that is all it takes.</summary>
    internal static void Offer()
    {
        if (syscall(s_sysUserfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY) < 0)
        {
            string reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            throw new UsageException($"userfaultfd: {reason}", "it needs Linux 5.11 or newer with CONFIG_USERFAULTFD");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long flags);
}
