using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>A mapping of this process in a state of the test's choice.</summary>
internal sealed unsafe class TestMapping : IDisposable
{
    internal const int PageSize = 4096;
    internal const int HugeSize = 2 << 20;

    private readonly byte* _reserved;
    private readonly nuint _reservedLength;

    private TestMapping(nuint length, nuint alignment, nuint misalignment, int protection, int flags, SafeFileHandle? file)
    {
        // Reserved generously, then mapped at the wanted place inside.
        _reservedLength = length + (2 * alignment) + misalignment;
        _reserved = NativeMethods.mmap(
            null, _reservedLength, NativeMethods.PROT_NONE, NativeMethods.MAP_PRIVATE | NativeMethods.MAP_ANONYMOUS, -1, 0);
        Start = (byte*)(((nuint)_reserved + alignment - 1) / alignment * alignment) + misalignment;
        Length = length;
        int fd = file is null ? -1 : (int)file.DangerousGetHandle();
        byte* mapped = NativeMethods.mmap(Start, length, protection, flags | NativeMethods.MAP_FIXED, fd, 0);
        Assert.True(mapped == Start, $"mmap failed: {Errno.Describe(Errno.Last)}");
    }

    internal byte* Start { get; }

    internal nuint Length { get; }

    internal int Pages => (int)(Length / PageSize);

    internal static TestMapping SmallPages(int pages)
    {
        var mapping = new TestMapping((nuint)pages * PageSize, PageSize, 0, ReadWrite, PrivateMemory, null);
        _ = NativeMethods.madvise(mapping.Start, mapping.Length, SysMman.MADV_NOHUGEPAGE);
        return mapping;
    }

    internal static TestMapping HugePages(int count)
    {
        var mapping = new TestMapping((nuint)count * HugeSize, HugeSize, 0, ReadWrite, PrivateMemory, null);
        _ = NativeMethods.madvise(mapping.Start, mapping.Length, SysMman.MADV_HUGEPAGE);
        return mapping;
    }

    internal static TestMapping OfFile(SafeFileHandle file, long length, nuint misalignment = 0)
        => new((nuint)length, HugeSize, misalignment, NativeMethods.PROT_READ, NativeMethods.MAP_SHARED, file);

    internal static TestMapping Shared(int pages)
        => new((nuint)pages * PageSize, PageSize, 0, ReadWrite, NativeMethods.MAP_SHARED | NativeMethods.MAP_ANONYMOUS, null);

    /// <summary>One hugetlb page; null where none is reserved.</summary>
    internal static TestMapping? TryHugetlb()
    {
        const int MAP_HUGETLB = 0x40000;
        byte* probe = NativeMethods.mmap(null, HugeSize, ReadWrite, PrivateMemory | MAP_HUGETLB, -1, 0);
        if ((nint)probe == -1)
        {
            return null;
        }

        Assert.Equal(0, NativeMethods.munmap(probe, HugeSize));
        return new TestMapping(HugeSize, HugeSize, 0, ReadWrite, PrivateMemory | MAP_HUGETLB, null);
    }

    internal ulong AddressOf(int page) => (ulong)(Start + ((nuint)page * PageSize));

    internal ulong[] Addresses() => [.. Enumerable.Range(0, Pages).Select(AddressOf)];

    internal void Write(int page) => Volatile.Write(ref Start[(nuint)page * PageSize], (byte)(page | 1));

    internal byte Read(int page) => Volatile.Read(ref Start[(nuint)page * PageSize]);

    internal void WriteAll()
    {
        for (int page = 0; page < Pages; page++)
        {
            Write(page);
        }
    }

    internal void ReadAll()
    {
        for (int page = 0; page < Pages; page++)
        {
            _ = Read(page);
        }
    }

    public void Dispose() => Assert.Equal(0, NativeMethods.munmap(_reserved, _reservedLength));

    private const int PrivateMemory = NativeMethods.MAP_PRIVATE | NativeMethods.MAP_ANONYMOUS;
    private const int ReadWrite = NativeMethods.PROT_READ | NativeMethods.PROT_WRITE;
}
