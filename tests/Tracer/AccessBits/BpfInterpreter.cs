using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>
/// Runs the instructions that our programs use (Documentation/bpf/standardization/instruction-set.rst) over made-up memory, so that they
/// can be tried on page tables of machines that are not at hand.
/// </summary>
internal sealed class BpfInterpreter
{
    internal const ulong MapValue = 0x10_0000;
    internal const ulong CurrentTask = 0x20_0000;
    private const ulong StackEnd = 0x30_0000;
    private const int MaxSteps = 100_000;

    private readonly ulong[] _registers = new ulong[11];
    private readonly Dictionary<ulong, ulong> _words = [];

    /// <summary>An aligned word of memory; what was never written reads as null by the kernel-read helper, as 0 otherwise.</summary>
    internal ulong this[ulong address]
    {
        get => _words.GetValueOrDefault(address);
        set => _words[address] = value;
    }

    /// <summary>Runs a program: what it returned.</summary>
    internal ulong Run(ulong[] code)
    {
        _registers[10] = StackEnd;
        int next = 0;
        for (int step = 0; step < MaxSteps; step++)
        {
            ulong instruction = code[next++];
            var opcode = (byte)instruction;
            int to = (int)(instruction >> 8) & 15;
            int from = (int)(instruction >> 12) & 15;
            int offset = (short)(instruction >> 16);
            int immediate = (int)(instruction >> 32);
            switch (opcode)
            {
                case 0x18:
                    bool isMap = from == 2;
                    _registers[to] = isMap ? MapValue : (uint)immediate | (code[next] >> 32 << 32);
                    next++;
                    break;
                case 0x85:
                    Call(immediate);
                    break;
                case 0x95:
                    return _registers[0];
                case 0x61:
                    _registers[to] = Load32(_registers[from] + (ulong)(long)offset);
                    break;
                case 0x79:
                    _registers[to] = this[_registers[from] + (ulong)(long)offset];
                    break;
                case 0x7b:
                    this[_registers[to] + (ulong)(long)offset] = _registers[from];
                    break;
                default:
                    ulong right = (opcode & 8) != 0 ? _registers[from] : (ulong)(long)immediate;
                    if ((opcode & 7) == 7)
                    {
                        _registers[to] = Calculate(opcode, _registers[to], right);
                    }
                    else if (Jumps(opcode, _registers[to], right))
                    {
                        next += offset;
                    }

                    break;
            }
        }

        throw new InvalidOperationException("the program does not end");
    }

    private static ulong Calculate(byte opcode, ulong left, ulong right) => (opcode & 0xf0) switch
    {
        0x00 => left + right,
        0x20 => left * right,
        0x40 => left | right,
        0x50 => left & right,
        0x60 => left << (int)right,
        0x70 => left >> (int)right,
        0xb0 => right,
        _ => throw new InvalidOperationException($"unknown operation {opcode:x}"),
    };

    private static bool Jumps(byte opcode, ulong left, ulong right) => (opcode & 0xf7) switch
    {
        0x05 => true,
        0x15 => left == right,
        0x25 => left > right,
        0x35 => left >= right,
        0x55 => left != right,
        _ => throw new InvalidOperationException($"unknown jump {opcode:x}"),
    };

    private uint Load32(ulong address)
    {
        ulong word = this[address & ~7UL];
        return (uint)((address & 4) != 0 ? word >> 32 : word);
    }

    private void Call(int function)
    {
        if (function == Bpf.BPF_FUNC_get_current_task)
        {
            _registers[0] = CurrentTask;
            return;
        }

        Assert.Equal(Bpf.BPF_FUNC_probe_read_kernel, function);
        Assert.Equal(8UL, _registers[2]);
        bool isThere = _words.TryGetValue(_registers[3], out ulong word);
        this[_registers[1]] = isThere ? word : 0;
        _registers[0] = isThere ? 0 : unchecked((ulong)-14);

        // A call destroys these: the program must not count on them.
        _registers.AsSpan(1, 5).Fill(0xdead_dead_dead_dead);
    }
}
