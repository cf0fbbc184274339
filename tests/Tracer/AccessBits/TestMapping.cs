using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

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
        _reserved = (byte*)mmap(null, (size_t)_reservedLength, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        Start = (byte*)(((nuint)_reserved + alignment - 1) / alignment * alignment) + misalignment;
        Length = length;
        int fd = file is null ? -1 : (int)file.DangerousGetHandle();
        byte* mapped = (byte*)mmap(Start, (size_t)length, protection, flags | MAP_FIXED, fd, 0);
        Assert.True(mapped == Start, $"mmap failed: {Errno.Describe(Errno.Last)}");
    }

    internal byte* Start { get; }

    internal nuint Length { get; }

    internal int Pages => (int)(Length / PageSize);

    internal static TestMapping SmallPages(int pages)
    {
        var mapping = new TestMapping((nuint)pages * PageSize, PageSize, 0, ReadWrite, PrivateMemory, null);
        _ = madvise(mapping.Start, (size_t)mapping.Length, MADV_NOHUGEPAGE);
        return mapping;
    }

    internal static TestMapping HugePages(int count)
    {
        var mapping = new TestMapping((nuint)count * HugeSize, HugeSize, 0, ReadWrite, PrivateMemory, null);
        _ = madvise(mapping.Start, (size_t)mapping.Length, MADV_HUGEPAGE);
        return mapping;
    }

    internal static TestMapping OfFile(SafeFileHandle file, long length, nuint misalignment = 0)
        => new((nuint)length, HugeSize, misalignment, PROT_READ, MAP_SHARED, file);

    internal static TestMapping Shared(int pages)
        => new((nuint)pages * PageSize, PageSize, 0, ReadWrite, MAP_SHARED | MAP_ANONYMOUS, null);

    /// <summary>One hugetlb page; null where none is reserved.</summary>
    internal static TestMapping? TryHugetlb()
    {
        void* probe = mmap(null, HugeSize, ReadWrite, PrivateMemory | MAP_HUGETLB, -1, 0);
        if (probe == MAP_FAILED)
        {
            return null;
        }

        Assert.Equal(0, munmap(probe, HugeSize));
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

    public void Dispose() => Assert.Equal(0, munmap(_reserved, (size_t)_reservedLength));

    private static int PrivateMemory => MAP_PRIVATE | MAP_ANONYMOUS;
    private static int ReadWrite => PROT_READ | PROT_WRITE;
}
