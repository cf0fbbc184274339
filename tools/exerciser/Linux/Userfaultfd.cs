using System.Runtime.InteropServices;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exerciser.Linux;

/// <summary>linux/userfaultfd.h: a descriptor that a monitor of written pages may take from us.</summary>
internal static class Userfaultfd
{
    private const int UFFD_USER_MODE_ONLY = 1;

    // asm/unistd_64.h of x86 and asm-generic/unistd.h.
    private static readonly int s_sysUserfaultfd = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 323 : 282;

    /// <summary>Opens one and keeps it until the end of the process: that is all it takes.</summary>
    internal static void Offer()
    {
        if ((int)syscall(s_sysUserfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY) < 0)
        {
            string reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            throw new UsageException($"userfaultfd: {reason}", "it needs Linux 5.11 or newer with CONFIG_USERFAULTFD");
        }
    }
}
