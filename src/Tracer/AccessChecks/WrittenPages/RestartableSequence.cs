using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>
/// linux/rseq.h: code that must not be interrupted between two instructions. The kernel restarts it when it was, but would not know after
/// we have moved the thread elsewhere and back: such a thread must be let go on first.
/// </summary>
internal static class RestartableSequence
{
    private const int SequenceAt = 8;
    private const int StartAt = 8;
    private const int LengthAt = 16;
    private const int DescriptorSize = 24;

    /// <summary>True when the instruction pointer lies in the sequence that the thread's struct rseq points to, or it cannot be told.</summary>
    internal static bool Contains(SafeFileHandle memory, ulong rseq, ulong instruction)
    {
        if (rseq == 0)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[DescriptorSize];
        if (Unistd.PRead(memory, bytes[..sizeof(ulong)], (long)(rseq + SequenceAt)) != sizeof(ulong))
        {
            return true;
        }

        ulong descriptor = BitConverter.ToUInt64(bytes);
        if (descriptor == 0)
        {
            return false;
        }

        return Unistd.PRead(memory, bytes, (long)descriptor) != DescriptorSize || IsInside(bytes, instruction);
    }

    /// <summary>struct rseq_cs: u32 version, u32 flags, u64 start_ip, u64 post_commit_offset, u64 abort_ip.</summary>
    internal static bool IsInside(ReadOnlySpan<byte> descriptor, ulong instruction) =>
        instruction - BitConverter.ToUInt64(descriptor[StartAt..]) < BitConverter.ToUInt64(descriptor[LengthAt..]);
}
