using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Calls that only tests need, to put memory into states the product never makes.</summary>
internal static unsafe partial class NativeMethods
{
    internal const int PROT_NONE = 0;
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int MAP_PRIVATE = 2;
    internal const int MAP_FIXED = 0x10;
    internal const int MAP_ANONYMOUS = 0x20;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial byte* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mlock(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munlock(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_fadvise(int fd, long offset, long length, int advice);
}
