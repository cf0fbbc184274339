using Iced.Intel;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>
/// What the code around an address does to memory. A thread that is stopped somewhere in a block without jumps into or out of it executes all
/// of that block: all its accesses are looked at, not the one at which the processor happens to stop, which is the one after what took time.
/// </summary>
internal sealed class CodeBlocks
{
    // Each is decoded once; a program stops at few places. More are decoded again.
    private const int MaxKnown = 16_384;
    private const int MostInstructions = 32;

    private readonly CodeWindow _window;
    private readonly RegisterChanges _changes = new();
    private readonly Dictionary<ulong, Block> _blocks = [];
    private readonly Dictionary<ulong, Access?> _accesses = [];
    private readonly InstructionInfoFactory _factory = new();

    internal CodeBlocks(TargetCode code, Func<ulong, ulong?>? functionStart)
    {
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
        HashSet<ulong> targets = [.. _window.Before.Concat(_window.After)
            .Where(static instruction => instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch)
            .Select(static instruction => instruction.NearBranchTarget)];
        List<DecodedAccess> accesses = [];
        int untold = 0;
        _changes.Reset();
        for (int i = 0; i < Math.Min(_window.After.Count, MostInstructions); i++)
        {
            Instruction instruction = _window.After[i];
            if ((i > 0 && targets.Contains(instruction.IP)) || instruction.FlowControl != FlowControl.Next)
            {
                break;
            }

            untold += _changes.Collect(instruction, accesses);
            _changes.Pass(instruction, direction: 1);
        }

        _changes.Reset();
        ulong at = ip;
        for (int i = _window.Before.Count - 1; i >= Math.Max(0, _window.Before.Count - MostInstructions); i--)
        {
            Instruction instruction = _window.Before[i];
            if (targets.Contains(at) || instruction.FlowControl != FlowControl.Next)
            {
                break;
            }

            _changes.Pass(instruction, direction: -1);
            untold += _changes.Collect(instruction, accesses);
            at = instruction.IP;
        }

        return new Block([.. accesses], untold);
    }

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
                writes |= RegisterChanges.IsWritten(memory.Access);
                reads |= !RegisterChanges.IsWritten(memory.Access);
            }
        }

        return places == 0 ? null : new Access(instruction.IP, reads && writes ? null : writes);
    }
}
