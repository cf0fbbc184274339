using Damon.Trace.Tracer.AccessChecks.AccessBits;
using static Damon.Trace.Tracer.AccessChecks.AccessBits.BpfRegister;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>
/// Expected bytes are derived from the instruction set's document: opcode = class | source | operation, then registers (source in the
/// high half),
/// 16-bit offset, 32-bit immediate, all little endian.
/// </summary>
public sealed class BpfAssemblerTests
{
    [Fact]
    public void Arithmetic_IsEncodedByClassSourceAndOperation()
    {
        var code = new BpfAssembler();
        code.Move(R1, R10);   // ALU64 0x07 | X 0x08 | MOV 0xb0
        code.Move(R2, 8);     // ALU64 | K | MOV
        code.Add(R3, R8);     // ADD 0x00
        code.Add(R1, -8);
        code.Multiply(R1, 64); // MUL 0x20
        code.And(R8, R1);     // AND 0x50
        code.And(R3, 511);
        code.Or(R8, R1);      // OR 0x40
        code.ShiftLeft(R3, 3); // LSH 0x60
        code.ShiftRight(R3, 39); // RSH 0x70

        AssertBytes(
            code,
            "bf a1 00 00 00 00 00 00",
            "b7 02 00 00 08 00 00 00",
            "0f 83 00 00 00 00 00 00",
            "07 01 00 00 f8 ff ff ff",
            "27 01 00 00 40 00 00 00",
            "5f 18 00 00 00 00 00 00",
            "57 03 00 00 ff 01 00 00",
            "4f 18 00 00 00 00 00 00",
            "67 03 00 00 03 00 00 00",
            "77 03 00 00 27 00 00 00");
    }

    [Fact]
    public void Memory_IsEncodedByClassSizeAndMode()
    {
        var code = new BpfAssembler();
        code.Load64(R3, R10, -8);   // LDX 0x01 | DW 0x18 | MEM 0x60
        code.Load32(R1, R6, 12);    // LDX | W 0x00 | MEM
        code.Store64(R10, -16, R3); // STX 0x03 | DW | MEM

        AssertBytes(code, "79 a3 f8 ff 00 00 00 00", "61 61 0c 00 00 00 00 00", "7b 3a f0 ff 00 00 00 00");
    }

    [Fact]
    public void Constants_TakeTwoSlots()
    {
        var code = new BpfAssembler();
        code.LoadConstant(R1, 0x000ffffffffff000);
        code.LoadMapValue(R6, 7);

        AssertBytes(
            code,
            "18 01 00 00 00 f0 ff ff",
            "00 00 00 00 ff ff 0f 00",
            "18 26 00 00 07 00 00 00",
            "00 00 00 00 00 00 00 00");
    }

    [Fact]
    public void Jumps_CountFromTheNextInstruction()
    {
        var code = new BpfAssembler();
        int top = code.NewLabel();
        int end = code.NewLabel();
        code.Bind(top);
        code.JumpIfEqual(R1, 0, end);                // to 6: 6 - 0 - 1 = 5
        code.JumpIfNotEqual(R0, 0, end);             // 4
        code.JumpIfGreaterOrEqual(R7, 256, end);     // 3
        code.JumpIfGreaterOrEqual(R7, R1, end);      // 2
        code.JumpIfGreater(R2, 128, end);            // 1
        code.Jump(top);                              // 0 - 5 - 1 = -6
        code.Bind(end);
        code.Call(113);
        code.CallKernelFunction(0x1234); // source register 2: not a helper
        code.Exit();

        AssertBytes(
            code,
            "15 01 05 00 00 00 00 00",
            "55 00 04 00 00 00 00 00",
            "35 07 03 00 00 01 00 00",
            "3d 17 02 00 00 00 00 00",
            "25 02 01 00 80 00 00 00",
            "05 00 fa ff 00 00 00 00",
            "85 00 00 00 71 00 00 00",
            "85 20 00 00 34 12 00 00",
            "95 00 00 00 00 00 00 00");
    }

    [Fact]
    public void ToInstructions_RefusesLabelsThatWereNeverBound()
    {
        var code = new BpfAssembler();
        code.Jump(code.NewLabel());

        Assert.Throws<InvalidOperationException>(() => code.ToInstructions());
    }

    private static void AssertBytes(BpfAssembler code, params string[] expected)
        => Assert.Equal(
            expected,
            code.ToInstructions().Select(static word => Convert.ToHexStringLower(BitConverter.GetBytes(word)).Chunk(2))
                .Select(static pairs => string.Join(' ', pairs.Select(static pair => new string(pair)))));
}
