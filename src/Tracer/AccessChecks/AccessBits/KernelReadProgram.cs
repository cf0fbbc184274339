using Damon.Trace.Tracer.Linux;
using static Damon.Trace.Tracer.AccessChecks.AccessBits.BpfRegister;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Writes the program that copies small pieces of kernel memory (struct page of pages about to be made old) into the map.
/// Each address is replaced by 0 when its bytes were copied, else by a negative errno; what the bytes mean is decided outside.
/// </summary>
internal static class KernelReadProgram
{
    /// <summary>Bytes copied per address at most: two struct pages.</summary>
    internal const int BlockSize = 128;

    internal const int CountAt = 0;
    internal const int SizeAt = 4;
    internal const int EntriesAt = 64;

    private const int EntrySlot = -8;

    internal static int BlocksAt(int maxAddresses) => EntriesAt + (maxAddresses * sizeof(ulong));

    internal static int ValueSize(int maxAddresses) => BlocksAt(maxAddresses) + (maxAddresses * BlockSize);

    /// <summary>Writes the program for one map and one loop bound.</summary>
    internal static ulong[] Emit(int mapFd, int maxAddresses)
    {
        var code = new BpfAssembler();
        int loop = code.NewLabel();
        int done = code.NewLabel();

        code.LoadMapValue(R6, mapFd);
        code.Move(R7, 0);
        code.Bind(loop);
        code.Load32(R1, R6, CountAt);
        code.JumpIfGreaterOrEqual(R7, R1, done);
        code.JumpIfGreaterOrEqual(R7, maxAddresses, done);

        code.Move(R9, R7);
        code.ShiftLeft(R9, 3);
        code.Add(R9, R6);
        code.Store64(R10, EntrySlot, R9);
        code.Load64(R3, R9, EntriesAt);
        code.Move(R1, R7);
        code.Multiply(R1, BlockSize);
        code.Add(R1, R6);
        code.Add(R1, BlocksAt(maxAddresses));
        code.Load32(R2, R6, SizeAt);
        code.JumpIfGreater(R2, BlockSize, done);
        code.Call(Bpf.BPF_FUNC_probe_read_kernel);
        code.Load64(R9, R10, EntrySlot);
        code.Store64(R9, EntriesAt, R0);
        code.Add(R7, 1);
        code.Jump(loop);

        code.Bind(done);
        code.Move(R0, 0);
        code.Exit();
        return code.ToInstructions();
    }
}
