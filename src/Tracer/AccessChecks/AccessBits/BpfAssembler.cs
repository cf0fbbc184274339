namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Writes BPF instructions (Documentation/bpf/standardization/instruction-set.rst). Each is 8 bytes:
/// opcode, destination | source &lt;&lt; 4, signed 16-bit jump or memory offset, signed 32-bit immediate.
/// Jumps go to labels that are bound before or after.
/// </summary>
internal class BpfAssembler
{
    private const int PseudoMapValue = 2;
    private const int PseudoKernelFunction = 2;
    private const int Unbound = -1;

    private readonly List<ulong> _code = new(capacity: 256);
    private readonly List<int> _labels = [];
    private readonly List<(int Instruction, int Label)> _jumps = [];

    /// <summary>Number of 8-byte slots so far.</summary>
    internal int Count => _code.Count;

    internal void Move(BpfRegister to, BpfRegister from) => Emit(0xbf, to, from, 0, 0);

    internal void Move(BpfRegister to, int value) => Emit(0xb7, to, 0, 0, value);

    internal void Add(BpfRegister to, BpfRegister from) => Emit(0x0f, to, from, 0, 0);

    internal void Add(BpfRegister to, int value) => Emit(0x07, to, 0, 0, value);

    internal void Multiply(BpfRegister to, int value) => Emit(0x27, to, 0, 0, value);

    internal void And(BpfRegister to, BpfRegister from) => Emit(0x5f, to, from, 0, 0);

    internal void And(BpfRegister to, int value) => Emit(0x57, to, 0, 0, value);

    internal void Or(BpfRegister to, BpfRegister from) => Emit(0x4f, to, from, 0, 0);

    internal void ShiftLeft(BpfRegister to, int bits) => Emit(0x67, to, 0, 0, bits);

    internal void ShiftRight(BpfRegister to, int bits) => Emit(0x77, to, 0, 0, bits);

    internal void Load64(BpfRegister to, BpfRegister pointer, int offset) => Emit(0x79, to, pointer, offset, 0);

    internal void Load32(BpfRegister to, BpfRegister pointer, int offset) => Emit(0x61, to, pointer, offset, 0);

    internal void Store64(BpfRegister pointer, int offset, BpfRegister value) => Emit(0x7b, pointer, value, offset, 0);

    /// <summary>Loads a 64-bit constant: two slots.</summary>
    internal void LoadConstant(BpfRegister to, ulong value)
    {
        Emit(0x18, to, 0, 0, (int)value);
        Emit(0, 0, 0, 0, (int)(value >> 32));
    }

    /// <summary>Loads the address of a map's first value: two slots, which the kernel fills in.</summary>
    internal void LoadMapValue(BpfRegister to, int mapFd)
    {
        Emit(0x18, to, (BpfRegister)PseudoMapValue, 0, mapFd);
        Emit(0, 0, 0, 0, 0);
    }

    internal void Call(int function) => Emit(0x85, 0, 0, 0, function);

    /// <summary>Calls a function of the kernel by its BTF type.</summary>
    internal void CallKernelFunction(int type) => Emit(0x85, 0, (BpfRegister)PseudoKernelFunction, 0, type);

    internal void Exit() => Emit(0x95, 0, 0, 0, 0);

    internal int NewLabel()
    {
        _labels.Add(Unbound);
        return _labels.Count - 1;
    }

    /// <summary>Lets a label stand for the next instruction.</summary>
    internal void Bind(int label) => _labels[label] = Count;

    internal void Jump(int label) => EmitJump(0x05, 0, 0, 0, label);

    internal void JumpIfEqual(BpfRegister left, int right, int label) => EmitJump(0x15, left, 0, right, label);

    internal void JumpIfNotEqual(BpfRegister left, int right, int label) => EmitJump(0x55, left, 0, right, label);

    /// <summary>Unsigned.</summary>
    internal void JumpIfGreaterOrEqual(BpfRegister left, int right, int label) => EmitJump(0x35, left, 0, right, label);

    /// <summary>Unsigned.</summary>
    internal void JumpIfGreaterOrEqual(BpfRegister left, BpfRegister right, int label) => EmitJump(0x3d, left, right, 0, label);

    /// <summary>Unsigned.</summary>
    internal void JumpIfGreater(BpfRegister left, int right, int label) => EmitJump(0x25, left, 0, right, label);

    /// <summary>The finished program, every jump resolved.</summary>
    internal ulong[] ToInstructions()
    {
        ulong[] code = [.. _code];
        foreach ((int instruction, int label) in _jumps)
        {
            if (_labels[label] == Unbound)
            {
                throw new InvalidOperationException($"label {label} of the jump at {instruction} is not bound");
            }

            // Relative to the instruction after the jump.
            short distance = checked((short)(_labels[label] - instruction - 1));
            code[instruction] |= (ulong)(ushort)distance << 16;
        }

        return code;
    }

    private void EmitJump(byte opcode, BpfRegister left, BpfRegister right, int value, int label)
    {
        _jumps.Add((Count, label));
        Emit(opcode, left, right, 0, value);
    }

    private void Emit(byte opcode, BpfRegister to, BpfRegister from, int offset, int immediate) => _code.Add(
        opcode | ((ulong)to << 8) | ((ulong)from << 12) | ((ulong)(ushort)checked((short)offset) << 16) | ((ulong)(uint)immediate << 32));
}
