using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Pages that MADV_COLD cannot make old: they are reported as such and never as hot.</summary>
[Collection(ReaderTests.Name)]
[Trait("Category", KernelLab.Category)]
public sealed unsafe class UnclearableTests(ReaderFixture fixture)
{
    private const string MemoryFileSystem = "/dev/shm";

    [SkippableFact]
    public void PagesMappedTwice_AreUnclearable()
    {
        using SafeFileHandle file = CreateFile(16);
        using TestMapping one = TestMapping.OfFile(file, 16 * TestMapping.PageSize);
        using TestMapping other = TestMapping.OfFile(file, 16 * TestMapping.PageSize);
        one.ReadAll();
        other.ReadAll();
        using AccessBitsCheck check = fixture.CheckSelf();

        AssertAll(AccessState.Unclearable, AccessBitsCheckTests.Sample(check, one.Addresses(), one.ReadAll));
    }

    [SkippableFact]
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

    [SkippableTheory]
    [InlineData(ClearerKind.Cold)]
    [InlineData(ClearerKind.ClearRefs)]
    public void ZeroPages_AreUnclearable(ClearerKind clearer)
    {
        using TestMapping memory = TestMapping.SmallPages(16);
        memory.ReadAll();
        Skip.IfNot(IsZeroPage((ulong)memory.Start), "this kernel gives pages of their own where others map the zero page");
        using AccessBitsCheck check = fixture.CheckSelf(clearer);

        AssertAll(AccessState.Unclearable, AccessBitsCheckTests.Sample(check, memory.Addresses(), memory.ReadAll));
    }

    private static bool IsZeroPage(ulong address)
    {
        const ulong ZeroPage = 1UL << 24;
        using SafeFileHandle pagemap = Unistd.Open("/proc/self/pagemap", Unistd.O_RDONLY, out _);
        using SafeFileHandle kpageflags = Unistd.Open(KPageFlags.Path, Unistd.O_RDONLY, out _);
        return Pagemap.Read(pagemap, address, out ulong entry) == sizeof(ulong)
            && KPageFlags.TryRead(kpageflags, entry & Pagemap.FrameMask, out ulong flags) && (flags & ZeroPage) != 0;
    }

    [SkippableFact]
    public void LockedPages_AreUnclearableUntilUnlockedAndDoNotHinderTheirNeighbours()
    {
        using TestMapping free = TestMapping.SmallPages(32);
        using TestMapping locked = TestMapping.SmallPages(16);
        Skip.If(NativeMethods.mlock(locked.Start, locked.Length) != 0, "mlock is not allowed");
        free.WriteAll();
        locked.WriteAll();
        using AccessBitsCheck check = fixture.CheckSelf();
        ulong[] addresses = [.. free.Addresses().Concat(locked.Addresses()).Order()];

        AccessState[] states = AccessBitsCheckTests.Sample(check, addresses, static () => { });
        long callsOfFirstTick = check.Counters.ColdCalls;
        locked.WriteAll();
        free.WriteAll();
        AccessState[] again = AccessBitsCheckTests.Sample(check, addresses, static () => { });

        Assert.Equal(16, states.Count(static state => state == AccessState.Unclearable));
        Assert.Equal(32, states.Count(static state => state == AccessState.NotAccessed));
        Assert.Equal(states, again);
        Skip.If(fixture.Reader is null || !HasMapQuery(locked), "PROCMAP_QUERY needs Linux 6.11");
        // The refused mapping is remembered: one call is enough from the second tick on.
        Assert.Equal(1, check.Counters.ColdCalls - callsOfFirstTick);
    }

    [SkippableFact]
    public void LockedPages_AreClearedByClearRefs()
    {
        using TestMapping locked = TestMapping.SmallPages(16);
        Skip.If(NativeMethods.mlock(locked.Start, locked.Length) != 0, "mlock is not allowed");
        using AccessBitsCheck check = fixture.CheckSelf(ClearerKind.ClearRefs);
        locked.WriteAll();

        AssertAll(AccessState.NotAccessed, AccessBitsCheckTests.Sample(check, locked.Addresses(), static () => { }));
        AssertAll(AccessState.Accessed, AccessBitsCheckTests.Sample(check, locked.Addresses(), locked.WriteAll));
    }

    [SkippableFact]
    public void CodeOfSharedLibraries_IsNeverAccessed()
    {
        using AccessBitsCheck check = fixture.CheckSelf();
        string? line = File.ReadLines("/proc/self/maps").FirstOrDefault(
            static l => l.Contains("r-xp", StringComparison.Ordinal) && l.Contains("/libc", StringComparison.Ordinal));
        Skip.If(line is null, "no libc mapping");
        ulong start = Convert.ToUInt64(line!.Split('-')[0], 16);
        ulong[] addresses = [.. Enumerable.Range(0, 32).Select(page => start + ((ulong)page * TestMapping.PageSize))];
        ulong[] present = [.. addresses.Where(address =>
            fixture.Walk(address)[0].IsYoung && fixture.Describe(address)[0] is { Order: 0, MapCount: > 1 })];
        Skip.If(present.Length == 0, "no page of libc is shared here");

        AssertAll(AccessState.Unclearable, AccessBitsCheckTests.Sample(check, present, static () => { }));
    }

    private static bool HasMapQuery(TestMapping memory)
    {
        using SafeFileHandle maps = Unistd.Open("/proc/self/maps", Unistd.O_RDONLY, out _);
        return ProcMapQuery.Find(maps, memory.AddressOf(0), out ulong start, out ulong end) == 0
            && start == memory.AddressOf(0) && end - start == memory.Length;
    }

    private static SafeFileHandle CreateFile(int pages)
    {
        string folder = Directory.Exists(MemoryFileSystem) ? MemoryFileSystem : AppContext.BaseDirectory;
        string path = Path.Combine(folder, $"damon-trace-test-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, new byte[pages * TestMapping.PageSize]);
        SafeFileHandle file = Unistd.Open(path, Unistd.O_RDWR, out int errno);
        File.Delete(path);
        Assert.Equal(0, errno);
        return file;
    }

    private static void AssertAll(AccessState expected, AccessState[] states) => Assert.All(states, state => Assert.Equal(expected, state));
}
