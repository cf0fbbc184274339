using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Pages that MADV_COLD cannot make old: they are reported as such and never as hot.</summary>
[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed unsafe class UnclearableTests(ReaderFixture fixture)
{
    private const string MemoryFileSystem = "/dev/shm";

    [Fact]
    public void PagesMappedTwice_AreClearedByClearRefs()
    {
        using SafeFileHandle file = CreateFile(16);
        using TestMapping one = TestMapping.OfFile(file, 16 * TestMapping.PageSize);
        using TestMapping other = TestMapping.OfFile(file, 16 * TestMapping.PageSize);
        one.ReadAll();
        other.ReadAll();
        using AccessBitsCheck check = fixture.CheckSelf(ClearerKind.ClearRefs);

        AssertAll(AccessState.NotAccessed, AccessBitsCheckTests.Sample(check, one.Addresses(), static () => { }));
        AssertAll(AccessState.Accessed, AccessBitsCheckTests.Sample(check, one.Addresses(), one.ReadAll));
    }

    [Theory]
    [InlineData(ClearerKind.Cold)]
    [InlineData(ClearerKind.ClearRefs)]
    public void ZeroPages_AreNoMemory(ClearerKind clearer)
    {
        using TestMapping memory = TestMapping.SmallPages(16);
        memory.ReadAll();
        Assert.SkipUnless(IsZeroPage((ulong)memory.Start), "this kernel gives pages of their own where others map the zero page");
        using AccessBitsCheck check = fixture.CheckSelf(clearer);

        AssertAll(AccessState.NotPresent, AccessBitsCheckTests.Sample(check, memory.Addresses(), memory.ReadAll));
        AssertAll(AccessState.Accessed, AccessBitsCheckTests.Sample(check, memory.Addresses(), memory.WriteAll));
    }

    [Fact]
    public void HugeZeroPages_AreNoMemory()
    {
        using TestMapping memory = TestMapping.HugePages(1);
        memory.ReadAll();
        Assert.SkipUnless(
            fixture.Walk(memory.AddressOf(0))[0].Level == 2 && fixture.Describe(memory.AddressOf(0))[0].MapCount == 0,
            "no huge zero page was to be had");
        using AccessBitsCheck check = fixture.CheckSelf();

        AssertAll(AccessState.NotPresent, AccessBitsCheckTests.Sample(check, memory.Addresses(), memory.ReadAll));
    }

    [Fact]
    public void HugetlbPages_AreUnclearable()
    {
        using TestMapping? memory = TestMapping.TryHugetlb();
        Assert.SkipWhen(memory is null, "the machine has no hugetlb pages reserved");
        memory!.WriteAll();
        using AccessBitsCheck check = fixture.CheckSelf(ClearerKind.Auto);
        ulong[] addresses = [memory.AddressOf(3)];

        AssertAll(AccessState.Unclearable, AccessBitsCheckTests.Sample(check, addresses, static () => { }));
        Assert.SkipUnless(check.Sweep(), "clear_refs cannot flush here");
        AssertAll(AccessState.Unclearable, AccessBitsCheckTests.Sample(check, addresses, static () => { }));
    }

    private static bool IsZeroPage(ulong address)
    {
        const ulong ZeroPage = 1UL << 24;
        using SafeFileHandle pagemap = Unistd.Open("/proc/self/pagemap", O_RDONLY, out _);
        using SafeFileHandle kpageflags = Unistd.Open(KPageFlags.Path, O_RDONLY, out _);
        return Pagemap.Read(pagemap, address, out ulong entry) == sizeof(ulong)
            && KPageFlags.TryRead(kpageflags, entry & Pagemap.FrameMask, out ulong flags) && (flags & ZeroPage) != 0;
    }

    private static SafeFileHandle CreateFile(int pages)
    {
        string folder = Directory.Exists(MemoryFileSystem) ? MemoryFileSystem : AppContext.BaseDirectory;
        string path = Path.Combine(folder, $"damon-trace-test-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, new byte[pages * TestMapping.PageSize]);
        SafeFileHandle file = Unistd.Open(path, O_RDWR, out int errno);
        File.Delete(path);
        Assert.Equal(0, errno);
        return file;
    }

    private static void AssertAll(AccessState expected, AccessState[] states) => Assert.All(states, state => Assert.Equal(expected, state));
}
