using Iced.Intel;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>
/// What general registers hold some instructions before or after a sample, in terms of what they held at it: the same, another by a known amount
/// (<c>add $8,%rax</c> in a loop, <c>push</c>), an address that was computed of two others (<c>lea (%rdi,%rax),%rcx</c>), or nothing that is known.
/// </summary>
internal sealed class RegisterValues
{
    internal const int NrRegisters = 16;

    private readonly InstructionInfoFactory _factory = new();
    private readonly Value?[] _values = new Value?[NrRegisters];

    /// <summary>At the sample every register is known.</summary>
    internal void Reset()
    {
        for (int number = 0; number < NrRegisters; number++)
        {
            _values[number] = new Value(number, -1, 1, 0);
        }
    }

    /// <summary>Goes over an instruction, to what registers hold after it.</summary>
    internal void Pass(in Instruction instruction)
    {
        int changed = NumberOf(instruction.Op0Register);
        switch (instruction.Code)
        {
            case Code.Mov_r64_rm64 or Code.Mov_rm64_r64 when instruction.Op0Kind == OpKind.Register && instruction.Op1Kind == OpKind.Register:
                _values[changed] = ValueOf(instruction.Op1Register, 1);
                break;
            case Code.Lea_r64_m when !instruction.IsIPRelativeMemoryOperand:
                _values[changed] = AddressOf(instruction.MemoryBase, instruction.MemoryIndex, instruction.MemoryIndexScale, instruction.MemoryDisplacement64);
                break;
            default:
                PassKnownChange(instruction, direction: 1);
                break;
        }
    }

    /// <summary>Goes back over an instruction, to what registers held before it: of one that was written over nothing is known.</summary>
    internal void PassBackwards(in Instruction instruction) => PassKnownChange(instruction, direction: -1);

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
                || AddressOf(memory.Base, memory.Index, memory.Scale, memory.Displacement) is not { } address)
            {
                untold++;
                continue;
            }

            accesses.Add(new DecodedAccess(
                instruction.IP, address.Base, address.Index, address.Scale, address.Displacement, bytes, IsWritten(memory.Access)));
        }

        return untold;
    }

    internal static bool IsWritten(OpAccess access) =>
        access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite;

    private void PassKnownChange(in Instruction instruction, int direction)
    {
        (int added, long amount) = KnownChange(instruction);
        foreach (UsedRegister used in _factory.GetInfo(instruction).GetUsedRegisters())
        {
            int number = NumberOf(used.Register);
            if (number >= 0 && number != added && IsWritten(used.Access))
            {
                _values[number] = null;
            }
        }

        if (added >= 0 && _values[added] is { } before)
        {
            _values[added] = before with { Displacement = unchecked(before.Displacement + (ulong)(direction * amount)) };
        }
    }

    /// <summary>Null where it is not known, or takes more than two registers of the sample.</summary>
    private Value? AddressOf(Register baseRegister, Register indexRegister, int scale, ulong displacement)
    {
        if (ValueOf(baseRegister, 1) is not { } first || ValueOf(indexRegister, scale) is not { } second)
        {
            return null;
        }

        ulong sum = unchecked(first.Displacement + second.Displacement + displacement);
        return second is { Base: -1, Index: -1 } ? first with { Displacement = sum }
            : first is { Base: -1, Index: -1 } ? second with { Displacement = sum }
            : first.Index == -1 && second.Base == -1 ? new Value(first.Base, second.Index, second.Scale, sum)
            : first.Index == -1 && second.Index == -1 ? new Value(first.Base, second.Base, 1, sum)
            : null;
    }

    private Value? ValueOf(Register register, int scale)
    {
        if (register is Register.None)
        {
            return new Value(-1, -1, 1, 0);
        }

        // Only whole registers: addresses of 32 bits are those of programs that run here in no other way.
        return register is >= Register.RAX and <= Register.R15 && _values[register - Register.RAX] is { } value ? value.Times(scale) : null;
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

    /// <summary>Base + index x scale + displacement; registers as of the sample, -1 for none.</summary>
    private readonly record struct Value(int Base, int Index, int Scale, ulong Displacement)
    {
        /// <summary>Null where that is no value of this form.</summary>
        internal Value? Times(int scale) => scale == 1 ? this
            : Index == -1 ? new Value(-1, Base, Base == -1 ? 1 : scale, unchecked(Displacement * (ulong)scale))
            : null;
    }
}
