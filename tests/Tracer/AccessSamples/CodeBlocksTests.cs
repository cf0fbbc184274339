using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.AccessSamples.Instructions;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.AccessSamples;

/// <summary>Machine code in this process's own memory, read back as a target's.</summary>
public sealed class CodeBlocksTests : IDisposable
{
    // A loop as gcc -O1 makes it of "for (...) a[i] = a[i] + 1", and what is around it:
    //    0: 48 89 f8             mov    %rdi,%rax
    //    3: 48 8d 0c f7          lea    (%rdi,%rsi,8),%rcx
    //    7: 48 8b 10             mov    (%rax),%rdx          <- loop
    //    a: 48 83 c2 01          add    $0x1,%rdx
    //    e: 48 89 10             mov    %rdx,(%rax)
    //   11: 48 83 c0 08          add    $0x8,%rax
    //   15: 48 39 c8             cmp    %rcx,%rax
    //   18: 75 ed                jne    7
    //   1a: c3                   ret
    private static readonly byte[] s_loop =
    [
        0x48, 0x89, 0xf8, 0x48, 0x8d, 0x0c, 0xf7, 0x48, 0x8b, 0x10, 0x48, 0x83, 0xc2, 0x01, 0x48, 0x89, 0x10, 0x48, 0x83, 0xc0, 0x08, 0x48, 0x39, 0xc8,
        0x75, 0xed, 0xc3,
    ];

    private const int RAX = 0;
    private const ulong Word = 0x7000_0000_1000;

    private readonly TargetProcess _self = TargetProcess.Open(Environment.ProcessId);
    private readonly TargetCode _code;
    private readonly byte[] _bytes = GC.AllocateArray<byte>(4096, pinned: true);

    public CodeBlocksTests()
    {
        _code = new TargetCode(_self);
        Array.Fill(_bytes, (byte)0x90);
        s_loop.CopyTo(_bytes, 1024);
    }

    private unsafe ulong Start
    {
        get
        {
            fixed (byte* bytes = _bytes)
            {
                return (ulong)bytes + 1024;
            }
        }
    }

    /// <summary>Wherever in the loop a thread stops, it is beside the same two accesses, and RAX tells their address.</summary>
    [Theory]
    [InlineData(0x07, Word)]
    [InlineData(0x0a, Word)]
    [InlineData(0x0e, Word)]
    [InlineData(0x11, Word)]
    [InlineData(0x15, Word + 8)]
    [InlineData(0x18, Word + 8)]
    public void At_GivesAllAccessesOfTheBlock(int offset, ulong rax)
    {
        var registers = new ulong[RegisterValues.NrRegisters];
        registers[RAX] = rax;
        foreach (Func<ulong, ulong?>? functionStart in (Func<ulong, ulong?>?[])[null, _ => Start])
        {
            CodeBlocks.Block block = new CodeBlocks(_code, functionStart).At(Start + (ulong)offset);

            Assert.Equal(0, block.NrUntold);
            Assert.Equal(
                [(Start + 7, Word, false), (Start + 0xe, Word, true)],
                block.Accesses.Select(access => (access.Ip, access.AddressWith(registers), access.IsWrite)).Order());
        }
    }

    /// <summary>
    /// A loop as the .NET JIT makes it of "for (...) a[i] = i": the check of the index, which leads to a call that does not return, does not end the block.
    /// <code>
    ///    0: 48 8b d1             mov    %rcx,%rdx            loop
    ///    3: 3b 42 08             cmp    0x8(%rdx),%eax
    ///    6: 73 0d                jae    15
    ///    8: 48 89 44 c2 10       mov    %rax,0x10(%rdx,%rax,8)
    ///    d: ff c0                inc    %eax
    ///    f: 39 41 08             cmp    %eax,0x8(%rcx)
    ///   12: 7f ec                jg     0
    ///   14: c3                   ret
    ///   15: e8 c5 e2 fa ff       call   ...
    ///   1a: cc                   int3
    /// </code>
    /// </summary>
    [Theory]
    [InlineData(0x00)]
    [InlineData(0x03)]
    [InlineData(0x08)]
    [InlineData(0x0d)]
    [InlineData(0x0f)]
    [InlineData(0x12)]
    public void At_SeesPastTheCheckOfAnIndex(int offset)
    {
        const int RCX = 1;
        const int RDX = 2;

        // Once it has been added to, the write of next time stands for that of last time: an addition of 32 bits is not followed backwards.
        const ulong Index = 5;
        CodeBlocks.Block block = BlockOf(
            [
                0x48, 0x8b, 0xd1, 0x3b, 0x42, 0x08, 0x73, 0x0d, 0x48, 0x89, 0x44, 0xc2, 0x10, 0xff, 0xc0, 0x39, 0x41, 0x08, 0x7f, 0xec, 0xc3,
                0xe8, 0xc5, 0xe2, 0xfa, 0xff, 0xcc,
            ], offset);

        var registers = new ulong[RegisterValues.NrRegisters];
        (registers[RAX], registers[RCX], registers[RDX]) = (Index, Word, Word);
        Assert.Equal(0, block.NrUntold);
        Assert.Equal(
            [(Start + 3, Word + 8, false), (Start + 8, Word + 0x10 + (8 * Index), true), (Start + 0xf, Word + 8, false)],
            block.Accesses.Select(access => (access.Ip, access.AddressWith(registers), access.IsWrite)).Order());
    }

    /// <summary>
    /// A list: the load of the next address takes its own away. Before it RDI is what it loads, after it what it loads next time.
    /// <code>
    ///    0: 48 8b 3f             mov    (%rdi),%rdi          loop
    ///    3: 48 85 ff             test   %rdi,%rdi
    ///    6: 75 f8                jne    0
    /// </code>
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public void At_KnowsWhatAListLoads(int offset)
    {
        const int RDI = 7;
        CodeBlocks.Block block = BlockOf([0x48, 0x8b, 0x3f, 0x48, 0x85, 0xff, 0x75, 0xf8, 0xc3], offset);

        var registers = new ulong[RegisterValues.NrRegisters];
        registers[RDI] = Word;
        Assert.Equal(0, block.NrUntold);
        Assert.Equal((Start, Word, false), block.Accesses.Select(access => (access.Ip, access.AddressWith(registers), access.IsWrite)).Single());
    }

    /// <summary>
    /// What a computed address was is known as long as what it was computed of is.
    /// <code>
    ///    0: 48 8d 0c 07          lea    (%rdi,%rax),%rcx     loop
    ///    4: 48 8b 49 10          mov    0x10(%rcx),%rcx
    ///    8: 48 01 ca             add    %rcx,%rdx
    ///    b: 48 83 c0 08          add    $0x8,%rax
    ///    f: 48 39 f0             cmp    %rsi,%rax
    ///   12: 75 ec                jne    0
    /// </code>
    /// </summary>
    [Theory]
    [InlineData(0x00, Word)]
    [InlineData(0x04, Word)]
    [InlineData(0x08, Word)]
    [InlineData(0x0b, Word)]
    [InlineData(0x0f, Word - 8)]
    [InlineData(0x12, Word - 8)]
    public void At_ComputesAddressesOnceMore(int offset, ulong accessed)
    {
        (int rcx, int rdi) = (1, 7);
        byte[] code = [0x48, 0x8d, 0x0c, 0x07, 0x48, 0x8b, 0x49, 0x10, 0x48, 0x01, 0xca, 0x48, 0x83, 0xc0, 0x08, 0x48, 0x39, 0xf0, 0x75, 0xec, 0xc3];
        CodeBlocks.Block block = BlockOf(code, offset);

        var registers = new ulong[RegisterValues.NrRegisters];
        registers[rdi] = Word - 0x100;
        registers[RAX] = 0xf0;
        registers[rcx] = Word - 0x10;
        Assert.Equal(0, block.NrUntold);
        Assert.Equal((Start + 4, accessed, false), block.Accesses.Select(access => (access.Ip, access.AddressWith(registers), access.IsWrite)).Single());
    }

    /// <summary>Without a loop nothing says what it was.</summary>
    [Fact]
    public void At_CountsWhatWasOverwritten() => Assert.Equal(1, BlockOf([0x48, 0x8b, 0x3f, 0x48, 0x85, 0xff, 0xc3], 3).NrUntold);

    /// <summary>Before the loop nothing is accessed, and the loop is another block: it is jumped to.</summary>
    [Fact]
    public void At_EndsAtJumpTargets() => Assert.Empty(new CodeBlocks(_code, _ => Start).At(Start + 3).Accesses);

    [Theory]
    [InlineData(0x0a, 0x07, false)]
    [InlineData(0x11, 0x0e, true)]
    public void Before_IsTheInstructionThatAccessed(int ip, int accessed, bool isWrite)
    {
        foreach (Func<ulong, ulong?>? functionStart in (Func<ulong, ulong?>?[])[null, _ => Start])
        {
            Assert.Equal(
                new CodeBlocks.Access(Start + (ulong)accessed, isWrite),
                new CodeBlocks(_code, functionStart).Before(Start + (ulong)ip));
        }
    }

    [Fact]
    public void Before_KnowsWhatAccessesNothing()
    {
        Assert.Null(new CodeBlocks(_code, _ => Start).Before(Start + 0x0e));
        Assert.Null(new CodeBlocks(_code, null).Before(8));
    }

    private CodeBlocks.Block BlockOf(byte[] code, int offset)
    {
        Array.Fill(_bytes, (byte)0x90);
        code.CopyTo(_bytes, 1024);
        return new CodeBlocks(_code, _ => Start).At(Start + (ulong)offset);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _code.Dispose();
        _self.Dispose();
    }
}
