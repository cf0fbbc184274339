using Iced.Intel;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>
/// What the code around an address does to memory. A thread that is stopped somewhere in a block without jumps into or out of it executes all
/// of that block: all its accesses are looked at, not the one at which the processor happens to stop, which is the one after what took time. A check that
/// does not fail, as that of an index, is no jump.
/// </summary>
internal sealed class CodeBlocks
{
    // Each is decoded once; a program stops at few places. More are decoded again.
    private const int MaxKnown = 16_384;
    private const int MostInstructions = 32;

    // Of a relative address of four bytes.
    private const byte Call = 0xe8;

    private readonly CodeWindow _window;
    private readonly TargetCode _code;
    private readonly RegisterValues _values = new();
    private readonly Dictionary<ulong, Block> _blocks = [];
    private readonly Dictionary<ulong, Access?> _accesses = [];
    private readonly InstructionInfoFactory _factory = new();

    internal CodeBlocks(TargetCode code, Func<ulong, ulong?>? functionStart)
    {
        _code = code;
        _window = new CodeWindow(code, functionStart);
    }

    /// <summary>Accesses of a block.</summary>
    /// <param name="Accesses">Those whose address the registers of a sample tell.</param>
    /// <param name="NrUntold">The others.</param>
    internal sealed record Block(DecodedAccess[] Accesses, int NrUntold);

    /// <summary>An instruction that accessed memory.</summary>
    /// <param name="Ip">Where it is.</param>
    /// <param name="IsWrite">Null where it reads one place and writes another.</param>
    internal readonly record struct Access(ulong Ip, bool? IsWrite);

    /// <summary>Forgets what was decoded: code may have been replaced.</summary>
    internal void Clear()
    {
        _blocks.Clear();
        _accesses.Clear();
    }

    /// <summary>What the block around an address accesses. Decodes it at its first sample, about 100 us; later 20 ns.</summary>
    internal Block At(ulong ip)
    {
        if (!_blocks.TryGetValue(ip, out Block? block))
        {
            MakeRoom();
            _blocks[ip] = block = Decode(ip);
        }

        return block;
    }

    /// <summary>The instruction whose access stopped a thread at an address; null where it cannot be told.</summary>
    internal Access? Before(ulong ip)
    {
        if (!_accesses.TryGetValue(ip, out Access? access))
        {
            MakeRoom();
            _accesses[ip] = access = DecodeBefore(ip);
        }

        return access;
    }

    private void MakeRoom()
    {
        if (_blocks.Count + _accesses.Count >= MaxKnown)
        {
            Clear();
        }
    }

    private Block Decode(ulong ip)
    {
        _window.Read(ip);
        (Instruction[] before, Instruction[] after) = BlockAround(ip);

        // Back to the begin of the block, and over it once more: what an instruction has computed since is known then.
        _values.Reset();
        foreach (Instruction instruction in before.Reverse())
        {
            _values.PassBackwards(instruction);
        }

        Accesses[] passed = CollectAll(before);
        _values.Reset();
        Accesses[] coming = CollectAll(after);

        // Of a loop what comes next time tells as much as what was last time, which a load of its own next address has overwritten.
        ulong begin = before.Length > 0 ? before[0].IP : ip;
        if (after.Length > 0 && IsBranch(after[^1]) && after[^1].NearBranchTarget == begin)
        {
            Accesses[] nextTime = CollectAll(before);
            passed = [.. passed.Zip(nextTime, static (last, next) => next.NrUntold < last.NrUntold ? next : last)];
        }

        Accesses[] all = [.. coming, .. passed];
        return new Block([.. all.SelectMany(static each => each.Told)], all.Sum(static each => each.NrUntold));
    }

    /// <summary>The instructions before and from an address on that are executed whenever it is, with the jump at their end.</summary>
    private (Instruction[] Before, Instruction[] After) BlockAround(ulong ip)
    {
        HashSet<ulong> targets = [.. _window.Before.Concat(_window.After).Where(static instruction => IsBranch(instruction))
            .Select(static instruction => instruction.NearBranchTarget)];
        int end = 0;
        while (end < Math.Min(_window.After.Count, MostInstructions) && (end == 0 || !targets.Contains(_window.After[end].IP)))
        {
            if (Ends(_window.After[end++]))
            {
                break;
            }
        }

        int begin = _window.Before.Count;
        ulong at = ip;
        while (begin > Math.Max(0, _window.Before.Count - MostInstructions) && !targets.Contains(at)
            && !Ends(_window.Before[begin - 1]))
        {
            at = _window.Before[--begin].IP;
        }

        return ([.. _window.Before.Skip(begin)], [.. _window.After.Take(end)]);
    }

    private bool Ends(in Instruction instruction) => instruction.FlowControl switch
    {
        FlowControl.Next => false,
        FlowControl.ConditionalBranch => !IsCheck(instruction),
        _ => true,
    };

    /// <summary>Whether a jump leads to where the program does not go on: a trap, or a call with one behind it, for it does not return.</summary>
    private bool IsCheck(in Instruction branch)
    {
        Span<byte> bytes = stackalloc byte[7];
        int length = _code.Read(branch.NearBranchTarget, bytes);
        return length >= 2 && (IsTrap(bytes) || (length == bytes.Length && bytes[0] == Call && IsTrap(bytes[5..])));
    }

    /// <summary>int3, or ud2.</summary>
    private static bool IsTrap(ReadOnlySpan<byte> code) => code[0] == 0xcc || (code[0] == 0x0f && code[1] == 0x0b);

    /// <summary>Goes over instructions with what registers hold before the first of them.</summary>
    private Accesses[] CollectAll(Instruction[] instructions)
    {
        var all = new Accesses[instructions.Length];
        for (int i = 0; i < all.Length; i++)
        {
            List<DecodedAccess> told = [];
            bool isJump = instructions[i].FlowControl != FlowControl.Next;
            all[i] = new Accesses(told, isJump ? 0 : _values.Collect(instructions[i], told));
            _values.Pass(instructions[i]);
        }

        return all;
    }

    private static bool IsBranch(in Instruction instruction) =>
        instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch;

    private Access? DecodeBefore(ulong ip)
    {
        _window.Read(ip);
        // A string instruction that repeats itself is stopped at its own address.
        if (_window.After.Count > 0 && _window.After[0] is { HasRepPrefix: true, IsStringInstruction: true } again)
        {
            return Describe(again);
        }

        return _window.Before.Count > 0 ? Describe(_window.Before[^1]) : null;
    }

    private Access? Describe(in Instruction instruction)
    {
        bool reads = false;
        bool writes = false;
        int places = 0;
        foreach (UsedMemory memory in _factory.GetInfo(instruction).GetUsedMemory())
        {
            if (memory.Access is not (OpAccess.NoMemAccess or OpAccess.None))
            {
                places++;
                writes |= RegisterValues.IsWritten(memory.Access);
                reads |= !RegisterValues.IsWritten(memory.Access);
            }
        }

        return places == 0 ? null : new Access(instruction.IP, reads && writes ? null : writes);
    }

    /// <summary>Those of one instruction.</summary>
    private readonly record struct Accesses(List<DecodedAccess> Told, int NrUntold);
}
