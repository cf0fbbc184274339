using Iced.Intel;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>
/// Which general registers still tell, some instructions before or after a sample, what they held at it: unchanged, changed by a known amount
/// (<c>add $8,%rax</c> in a loop, <c>push</c>), or lost.
/// </summary>
internal sealed class RegisterChanges
{
    internal const int NrRegisters = 16;

    private readonly InstructionInfoFactory _factory = new();
    private readonly long[] _change = new long[NrRegisters];
    private readonly bool[] _lost = new bool[NrRegisters];

    /// <summary>At the sample every register is known.</summary>
    internal void Reset()
    {
        Array.Clear(_change);
        Array.Clear(_lost);
    }

    /// <summary>Goes over an instruction: forwards, or backwards with a direction of -1.</summary>
    internal void Pass(in Instruction instruction, int direction)
    {
        (int added, long amount) = KnownChange(instruction);
        foreach (UsedRegister used in _factory.GetInfo(instruction).GetUsedRegisters())
        {
            int number = NumberOf(used.Register);
            if (number >= 0 && number != added && IsWritten(used.Access))
            {
                _lost[number] = true;
            }
        }

        if (added >= 0)
        {
            _change[added] += direction * amount;
        }
    }

    /// <summary>Adds the accesses of an instruction, and counts those whose address the registers do not tell.</summary>
    internal int Collect(in Instruction instruction, List<DecodedAccess> accesses)
    {
        int untold = 0;
        foreach (UsedMemory memory in _factory.GetInfo(instruction).GetUsedMemory())
        {
            if (memory.Access is OpAccess.NoMemAccess or OpAccess.None)
            {
                continue;
            }

            int bytes = memory.MemorySize.GetSize();
            if (bytes == 0 || memory.VsibSize != 0 || memory.Segment is Register.FS or Register.GS
                || !TryTell(memory.Base, 1, out int baseNumber, out ulong baseChange)
                || !TryTell(memory.Index, memory.Scale, out int indexNumber, out ulong indexChange))
            {
                untold++;
                continue;
            }

            accesses.Add(new DecodedAccess(
                instruction.IP, baseNumber, indexNumber, memory.Scale, unchecked(memory.Displacement + baseChange + indexChange), bytes,
                IsWritten(memory.Access)));
        }

        return untold;
    }

    internal static bool IsWritten(OpAccess access) =>
        access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite;

    private bool TryTell(Register register, int scale, out int number, out ulong change)
    {
        number = -1;
        change = 0;
        if (register is Register.None)
        {
            return true;
        }

        // Only whole registers: addresses of 32 bits are those of programs that run here in no other way.
        number = register is >= Register.RAX and <= Register.R15 ? register - Register.RAX : -1;
        if (number < 0 || _lost[number])
        {
            return false;
        }

        change = unchecked((ulong)(_change[number] * scale));
        return true;
    }

    private static int NumberOf(Register register)
    {
        Register full = register.GetFullRegister();
        return full is >= Register.RAX and <= Register.R15 ? full - Register.RAX : -1;
    }

    /// <summary>The register an instruction adds a constant to, and the constant; -1 for all others.</summary>
    private static (int Register, long Amount) KnownChange(in Instruction instruction)
    {
        switch (instruction.Code)
        {
            case Code.Add_rm64_imm8 or Code.Add_rm64_imm32 or Code.Add_RAX_imm32 when instruction.Op0Kind == OpKind.Register:
                return (NumberOf(instruction.Op0Register), (long)instruction.GetImmediate(1));
            case Code.Sub_rm64_imm8 or Code.Sub_rm64_imm32 or Code.Sub_RAX_imm32 when instruction.Op0Kind == OpKind.Register:
                return (NumberOf(instruction.Op0Register), -(long)instruction.GetImmediate(1));
            case Code.Inc_rm64 when instruction.Op0Kind == OpKind.Register:
                return (NumberOf(instruction.Op0Register), 1);
            case Code.Dec_rm64 when instruction.Op0Kind == OpKind.Register:
                return (NumberOf(instruction.Op0Register), -1);
            case Code.Lea_r64_m when instruction.MemoryBase == instruction.Op0Register && instruction.MemoryIndex == Register.None:
                return (NumberOf(instruction.Op0Register), (long)instruction.MemoryDisplacement64);
            default:
                // push, pop, call: the stack pointer, by a constant. leave and ret to elsewhere change it in other ways.
                bool stack = instruction.StackPointerIncrement != 0 && instruction.Mnemonic is Mnemonic.Push or Mnemonic.Pop;
                return stack && !(instruction.Mnemonic == Mnemonic.Pop && NumberOf(instruction.Op0Register) == Register.RSP - Register.RAX)
                    ? (Register.RSP - Register.RAX, instruction.StackPointerIncrement)
                    : (-1, 0);
        }
    }
}
