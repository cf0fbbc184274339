using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;
using Damon.Trace.Tracer.Targets;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.Schemes;

/// <summary>What the kernel refuses when it is asked to act: which piece, why, and that the others are acted on all the same.</summary>
public sealed unsafe class ActedProcessTests : IDisposable
{
    private const int NrBlocks = 6;
    private const ulong Block = 2 << 20;

    private readonly byte* _memory;
    private readonly TargetProcess _process = TargetProcess.Open(Environment.ProcessId);

    /// <summary>Six blocks of memory at a border of huge pages.</summary>
    public ActedProcessTests()
    {
        byte* mapped = (byte*)SysMman.Map((nuint)((NrBlocks + 1) * Block), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, null, out int errno);
        Assert.Equal(0, errno);
        _memory = (byte*)(((ulong)mapped + Block - 1) & ~(Block - 1));
        new Span<byte>(_memory, (int)(NrBlocks * Block)).Fill(1);
    }

    public void Dispose()
    {
        _process.Dispose();
        _ = SysMman.Unmap(_memory, (nuint)(NrBlocks * Block));
    }

    /// <summary>A hole, and a page below it: both ends of the list and what lies between are acted on.</summary>
    [Theory]
    [InlineData(SysMman.MADV_COLD)]
    [InlineData(SysMman.MADV_PAGEOUT)]
    [InlineData(3)] // MADV_WILLNEED
    public void Hole_IsRefusedAloneWithItsReason(int advice)
    {
        Assert.Equal(0, SysMman.Unmap(_memory + (2 * Block), (nuint)Block));

        Assert.Equal([(2, Errno.ENOMEM)], Advise(advice));
    }

    [Theory]
    [InlineData(SysMman.MADV_COLD)]
    [InlineData(SysMman.MADV_PAGEOUT)]
    public void Locked_IsRefusedAloneWithItsReason(int advice)
    {
        Assert.SkipUnless(mlock(_memory + Block, (size_t)(nuint)Block) == 0, "memory may not be locked here");

        Assert.Equal([(1, Errno.EINVAL)], Advise(advice));
    }

    /// <summary>A block that holds nothing stops a call in its midst; the blocks behind it become huge all the same.</summary>
    [Fact]
    public void Collapse_GoesOnBehindAnEmptyBlock()
    {
        Assert.Equal(0, SysMman.Advise(_memory + (2 * Block), (nuint)Block, MADV_DONTNEED));

        List<(int Piece, int Errno)> refused = Advise(SysMman.MADV_COLLAPSE);

        Assert.SkipWhen(refused.Count == NrBlocks, $"no huge pages here: {Errno.Describe(refused[0].Errno)}");
        Assert.Equal([(2, Errno.EINVAL)], refused);
    }

    /// <summary>The process as a whole: what is asked for next would be refused, too.</summary>
    [Fact]
    public void ProcessThatHasExited_EndsIt()
    {
        using var child = System.Diagnostics.Process.Start(ForeignTool.Require("sleep"), "1000")!;
        using var process = TargetProcess.Open(child.Id);
        child.Kill();
        child.WaitForExit();

        int result = new ActedProcess(0, process, new VaddrAddressSpace(process)).Advise(
            [((ulong)_memory, Block), ((ulong)_memory + Block, Block)], SysMman.MADV_COLD, (piece, errno) => Assert.Fail($"piece {piece}: {errno}"));

        Assert.Equal(-Errno.ESRCH, result);
    }

    [Theory]
    [InlineData(SchemeAction.PageOut, Errno.EPERM, "may be watched but not acted on: that takes CAP_SYS_NICE", "run as root, or with --dry-run")]
    [InlineData(SchemeAction.Cold, Errno.EACCES, "is not yours to act on", "run as root")]
    [InlineData(SchemeAction.Collapse, Errno.ENOSYS, "this kernel cannot act on other processes", "process_madvise needs Linux 5.10")]
    [InlineData(SchemeAction.WillNeed, Errno.EINVAL, "this kernel cannot act on other processes", "process_madvise needs Linux 5.10")]
    [InlineData(SchemeAction.Demote, Errno.ESRCH, "cannot be acted on: No such process (3)", "it may have exited")]
    [InlineData(SchemeAction.MigrateCold, Errno.EPERM, "is not yours to act on", "run as root")]
    [InlineData(SchemeAction.MigrateHot, Errno.ENOSYS, "this kernel cannot move pages between memory nodes", "needs CONFIG_NUMA and CONFIG_MIGRATION")]
    public void Refusal_SaysWhatIsMissing(SchemeAction action, int errno, string message, string hint)
    {
        SchemeException refused = SchemeRunner.Refused(new ActedProcess(0, _process, new VaddrAddressSpace(_process)), action, errno);

        Assert.EndsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.Equal(hint, refused.Hint);
    }

    private List<(int Piece, int Errno)> Advise(int advice)
    {
        List<(int, int)> refused = [];
        int result = new ActedProcess(0, _process, new VaddrAddressSpace(_process)).Advise(
            [.. Enumerable.Range(0, NrBlocks).Select(i => ((ulong)_memory + ((ulong)i * Block), Block))], advice, (piece, errno) => refused.Add((piece, errno)));
        Assert.SkipWhen(result is -Errno.EPERM or -Errno.EINVAL, $"not even on oneself: {Errno.Describe(-result)}");
        Assert.Equal(0, result);
        return refused;
    }
}
