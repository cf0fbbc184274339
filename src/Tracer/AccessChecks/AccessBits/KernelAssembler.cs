using Damon.Trace.Tracer.Linux;
using static Damon.Trace.Tracer.AccessChecks.AccessBits.BpfRegister;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>An assembler that knows how to read a word of kernel memory, in one of two ways.</summary>
internal sealed class KernelAssembler(int castFunction) : BpfAssembler
{
    /// <summary>Read by helper calls: every kernel has that.</summary>
    internal const int NoCast = -1;

    private const int WordSlot = -8;

    /// <summary>
    /// to = the word at kernel address R3; R1 to R5 are lost. A word that cannot be read jumps, or with the cast reads as 0:
    /// such a load is backed by the kernel's exception table.
    /// </summary>
    internal void ReadKernel(BpfRegister to, int unreadable)
    {
        if (castFunction != NoCast)
        {
            Move(R1, R3);
            Move(R2, 0);
            CallKernelFunction(castFunction);
            Load64(to, R0, 0);
            return;
        }

        Move(R1, R10);
        Add(R1, WordSlot);
        Move(R2, sizeof(ulong));
        Call(Bpf.BPF_FUNC_probe_read_kernel);
        JumpIfNotEqual(R0, 0, unreadable);
        Load64(to, R10, WordSlot);
    }
}
