using Damon.Trace.Events;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Exerciser;

namespace Damon.Trace.Tracer.Tests.Targets;

public sealed class ProcFootprintTests
{
    private const ulong MiB = 1 << 20;

    [Fact]
    public void Statm_TellsVirtualAndResidentSizeInPages()
    {
        Assert.True(ProcFootprint.TryParseStatm("1234 567 89 1 0 300 0\n"u8, out ulong vsz, out ulong rss));
        Assert.Equal(1234ul, vsz);
        Assert.Equal(567ul, rss);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12 x")]
    [InlineData("pages 12")]
    public void Statm_DamagedIsRefused(string text)
    {
        Assert.False(ProcFootprint.TryParseStatm(System.Text.Encoding.ASCII.GetBytes(text), out _, out _));
    }

    [Fact]
    public void Kilobytes_AreOfTheLineThatBeginsWithTheKey()
    {
        // Pss_Dirty and SwapPss must not be taken for Pss.
        ReadOnlySpan<byte> rollup = "5500-7fff ---p 0 00:00 0 [rollup]\nRss:  20 kB\nPss:   13 kB\nPss_Dirty: 7 kB\nSwapPss: 3 kB\n"u8;

        Assert.Equal(13ul * 1024, ProcFootprint.ParseKilobytes(rollup, "\nPss:"u8));
        Assert.Equal(Footprint.Unknown, ProcFootprint.ParseKilobytes(rollup, "\nVmSwap:"u8));
    }

    [Fact]
    public void Footprint_GrowsByWhatTheProgramTouches()
    {
        using var small = ExerciserProcess.Start("--size 64M --hot 1M --warm 0 --duration 0");
        using var large = ExerciserProcess.Start("--size 192M --hot 1M --warm 0 --duration 0");

        Footprint smallFootprint = Read(small.Pid);
        Footprint largeFootprint = Read(large.Pid);

        // Private memory, touched page by page: 128 MiB more are 128 MiB more resident and proportional. The rest is the same program,
        // whose own memory differs by a few MiB from run to run.
        Assert.InRange(largeFootprint.RssBytes - smallFootprint.RssBytes, 112 * MiB, 144 * MiB);
        Assert.InRange(largeFootprint.PssBytes - smallFootprint.PssBytes, 112 * MiB, 144 * MiB);
        Assert.InRange(smallFootprint.PssBytes, 64 * MiB, smallFootprint.RssBytes);
        Assert.True(smallFootprint.VszBytes >= smallFootprint.RssBytes);
        Assert.Equal(0ul, smallFootprint.SwapBytes);
    }

    [Fact]
    public void Footprint_OfAnExitedProcessIsNone()
    {
        using var child = ChildProcess.Start("sleep", "100");
        using var process = TargetProcess.Open(child.Pid);
        using ProcDirectory? proc = process.Proc.Reopen();
        child.Kill();

        Footprint footprint = default;
        Assert.False(ProcFootprint.TryRead(proc!, ref footprint));
        Assert.Null(process.Proc.Reopen());
    }

    [Fact]
    public void Reading_AllocatesNothing()
    {
        using var process = TargetProcess.Open(Environment.ProcessId);
        Footprint footprint = default;
        Assert.True(ProcFootprint.TryRead(process.Proc, ref footprint));
        ProcFootprint.ReadPss(process.Proc);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++)
        {
            ProcFootprint.TryRead(process.Proc, ref footprint);
            ProcFootprint.ReadPss(process.Proc);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Footprint Read(int pid)
    {
        using var process = TargetProcess.Open(pid);
        Footprint footprint = default;
        Assert.True(ProcFootprint.TryRead(process.Proc, ref footprint));
        footprint.PssBytes = ProcFootprint.ReadPss(process.Proc);
        return footprint;
    }
}
