using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>MADV_COLD on a part of a large folio splits it: that must never happen to a target.</summary>
[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed unsafe class LargeFolioTests(ReaderFixture fixture)
{
    private const int FileSize = 16 << 20;

    [Fact]
    public void HugePages_AreClearedWholeAndStayWhole()
    {
        using TestMapping memory = TestMapping.HugePages(4);
        memory.WriteAll();
        LeafEntry[] leaves = fixture.Walk(memory.AddressOf(0), memory.AddressOf(1536));
        Assert.SkipUnless(leaves.All(static leaf => leaf.Level == 2), "no huge pages were to be had");
        long before = Smaps.ReadKb(memory.AddressOf(0), "AnonHugePages");
        using AccessBitsCheck check = fixture.CheckSelf();
        // Several addresses in each huge page, none of them aligned to it.
        ulong[] addresses = [.. Enumerable.Range(0, 16).Select(i => memory.AddressOf((i * 128) + 7))];

        AccessState[] untouched = AccessBitsCheckTests.Sample(check, addresses, static () => { });
        long clears = check.Counters.Clears;
        AccessState[] touched = AccessBitsCheckTests.Sample(check, addresses, () => memory.Write(600));

        Assert.All(untouched, static state => Assert.Equal(AccessState.NotAccessed, state));
        // Page 600 lies in the second huge page: addresses 4 to 7.
        Assert.Equal([4, 5, 6, 7], Enumerable.Range(0, 16).Where(i => touched[i] == AccessState.Accessed));
        Assert.Equal(4, clears);
        Assert.Equal(before, Smaps.ReadKb(memory.AddressOf(0), "AnonHugePages"));
        Assert.Equal(8192, before);
    }

    /// <summary>What it costs the target to be looked at grows with all pages of a folio, however few of them are asked.</summary>
    [Fact]
    public void TakeYoung_CountsAllPagesOfAFolio()
    {
        using SafeFileHandle file = CreateFile();
        using var thread = new PinnedThread();
        using TestMapping memory = TestMapping.OfFile(file, FileSize, 0);
        memory.ReadAll();
        Folio[] folios = fixture.Describe(memory.Addresses());
        int page = Array.FindIndex(folios, static folio => folio.IsLarge);
        Assert.SkipWhen(page < 0, "the file system gave no large folios");
        using AccessBitsCheck check = fixture.CheckSelf();
        var states = new AccessState[1];
        check.TakeYoung([memory.AddressOf(page)], states);
        memory.ReadAll();
        long before = check.NrMadeOld;

        check.TakeYoung([memory.AddressOf(page)], states);

        Assert.Equal(AccessState.Accessed, states[0]);
        Assert.Equal(1L << folios[page].Order, check.NrMadeOld - before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64 << 10)]
    public void LargeFoliosOfFiles_AreNeverSplit(int misalignment)
    {
        using SafeFileHandle file = CreateFile();
        using var thread = new PinnedThread();
        using TestMapping memory = TestMapping.OfFile(file, FileSize, (nuint)misalignment);
        memory.ReadAll();
        Folio[] before = fixture.Describe(memory.Addresses());
        int large = before.Count(static folio => folio.IsLarge);
        Assert.SkipWhen(large == 0, "the file system gave no large folios");
        using AccessBitsCheck check = fixture.CheckSelf();

        AccessState[] untouched = AccessBitsCheckTests.Sample(check, EveryThird(memory), static () => { });
        AccessState[] touched = SampleTouched(check, memory);

        Assert.Equal(
            before.Select(static folio => (folio.Order, folio.Index)),
            fixture.Describe(memory.Addresses()).Select(static folio => (folio.Order, folio.Index)));
        Assert.DoesNotContain(AccessState.Accessed, untouched);
        Assert.DoesNotContain(AccessState.NotAccessed, touched);
        // Aligned folios can all be made old; those that a page table's border cuts cannot.
        Assert.True(untouched.Count(static state => state == AccessState.NotAccessed) > untouched.Length / 2, $"{Count(untouched)}");
        if (misalignment == 0)
        {
            Assert.DoesNotContain(AccessState.AwaitsSweep, untouched);
        }
    }

    [Fact]
    public void LargeFolioCutByItsMapping_AwaitsASweep()
    {
        using SafeFileHandle file = CreateFile();
        using TestMapping memory = TestMapping.OfFile(file, FileSize);
        memory.ReadAll();
        Folio[] before = fixture.Describe(memory.Addresses());
        int page = Array.FindIndex(before, static folio => folio.Order >= 2 && folio.Index == 0);
        Assert.SkipWhen(page < 0, "the file system gave no large folios");
        // The folio's first page gets a mapping of its own.
        Assert.Equal(0, mprotect((void*)memory.AddressOf(page), TestMapping.PageSize, PROT_NONE));
        using AccessBitsCheck check = fixture.CheckSelf();

        AccessState[] states = AccessBitsCheckTests.Sample(check, [memory.AddressOf(page + 1)], static () => { });

        Assert.Equal([AccessState.AwaitsSweep], states);
        Assert.Equal(before[page + 1].Order, fixture.Describe(memory.AddressOf(page + 1))[0].Order);
    }

    /// <summary>
    /// A page of a file can be taken away between our touch and our look, by reclaim or a DAMOS pageout of the system's own, and what is not
    /// mapped was not accessed: then once more.
    /// </summary>
    private static AccessState[] SampleTouched(AccessBitsCheck check, TestMapping memory)
    {
        const int Attempts = 3;
        AccessState[] touched = [];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            touched = AccessBitsCheckTests.Sample(check, EveryThird(memory), memory.ReadAll);
            if (!touched.Contains(AccessState.NotAccessed))
            {
                break;
            }
        }

        return touched;
    }

    private static ulong[] EveryThird(TestMapping memory) => [.. memory.Addresses().Where(static (_, i) => i % 3 == 0)];

    private static string Count(AccessState[] states)
        => string.Join(", ", states.GroupBy(static state => state).Select(static group => $"{group.Key} {group.Count()}"));

    /// <summary>A file that is read into the page cache by read-ahead, which is what makes large folios.</summary>
    private static SafeFileHandle CreateFile()
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"folios-{Guid.NewGuid():N}");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(new byte[FileSize]);
            stream.Flush(flushToDisk: true);
        }

        SafeFileHandle file = Unistd.Open(path, O_RDWR, out int errno);
        Assert.Equal(0, errno);
        File.Delete(path);
        _ = posix_fadvise((int)file.DangerousGetHandle(), 0, 0, POSIX_FADV_DONTNEED);
        return file;
    }
}
