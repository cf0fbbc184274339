using System.Runtime.InteropServices;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Sizes and offsets as a C compiler gives them for the structs of linux/bpf.h and linux/fs.h.</summary>
public sealed unsafe class LayoutTests
{
    [Fact]
    public void MapCreate_MatchesTheHeader()
    {
        Assert.Equal(20, sizeof(Bpf.MapCreateAttributes));
        Assert.Equal(16, Offset<Bpf.MapCreateAttributes>(nameof(Bpf.MapCreateAttributes.MapFlags)));
    }

    [Fact]
    public void ProgLoad_MatchesTheHeader()
    {
        Assert.Equal(64, sizeof(Bpf.ProgLoadAttributes));
        Assert.Equal(8, Offset<Bpf.ProgLoadAttributes>(nameof(Bpf.ProgLoadAttributes.Insns)));
        Assert.Equal(16, Offset<Bpf.ProgLoadAttributes>(nameof(Bpf.ProgLoadAttributes.License)));
        Assert.Equal(32, Offset<Bpf.ProgLoadAttributes>(nameof(Bpf.ProgLoadAttributes.LogBuf)));
        Assert.Equal(44, Offset<Bpf.ProgLoadAttributes>(nameof(Bpf.ProgLoadAttributes.ProgFlags)));
        Assert.Equal(48, Offset<Bpf.ProgLoadAttributes>(nameof(Bpf.ProgLoadAttributes.ProgName)));
    }

    [Fact]
    public void TestRun_MatchesTheHeader()
    {
        Assert.Equal(80, sizeof(Bpf.TestRunAttributes));
        Assert.Equal(4, Offset<Bpf.TestRunAttributes>(nameof(Bpf.TestRunAttributes.Retval)));
        Assert.Equal(48, Offset<Bpf.TestRunAttributes>(nameof(Bpf.TestRunAttributes.CtxIn)));
    }

    [Fact]
    public void ProcmapQuery_MatchesTheHeader()
    {
        Assert.Equal(104, sizeof(ProcMapQuery.Query));
        Assert.Equal(24, Offset<ProcMapQuery.Query>(nameof(ProcMapQuery.Query.VmaStart)));
        Assert.Equal(96, Offset<ProcMapQuery.Query>(nameof(ProcMapQuery.Query.BuildIdAddress)));
    }

    [Fact]
    public void Values_HoldTheirHeadersAndEntries()
    {
        // 64 bytes of header, 8 per address; then 128 per block.
        Assert.Equal(64 + (8 * 256), PageTableProgram.ValueSize(256));
        Assert.Equal(64 + (8 * 256) + (128 * 256), KernelReadProgram.ValueSize(256));
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
