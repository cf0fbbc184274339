using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessSamples.Watchpoints;

/// <summary>Takes the hits of a watchpoint.</summary>
internal interface IWatchpointSink
{
    void OnHit(in WatchpointHit hit, ReadOnlySpan<ulong> callers);
}

/// <summary>One access to a watched byte.</summary>
/// <param name="Ip">Where the processor went on after the access: the next instruction, or the same one where it repeats itself.</param>
/// <param name="TimeNs">CLOCK_MONOTONIC.</param>
/// <param name="IsKernel">The instruction is the kernel's.</param>
/// <param name="Source">RSI.</param>
/// <param name="Destination">RDI.</param>
internal readonly record struct WatchpointHit(ulong Ip, ulong TimeNs, bool IsKernel, ulong Source, ulong Destination)
{
    private const int FixedBytes = 8 + 8 + 8 + 8 + 8;
    private const int RegistersBytes = 8 + (2 * 8);

    /// <summary>Parses PERF_RECORD_SAMPLE of IP, TID, TIME, CALLCHAIN and REGS_INTR; one that is malformed is left out.</summary>
    internal static void Parse<TSink>(ReadOnlySpan<byte> record, bool isKernel, ref TSink sink)
        where TSink : struct, IWatchpointSink
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(record);
        if (record.Length < FixedBytes || words[4] > (ulong)(record.Length - FixedBytes) / 8)
        {
            return;
        }

        int nrEntries = (int)words[4];
        ReadOnlySpan<ulong> chain = words.Slice(5, nrEntries);
        ReadOnlySpan<ulong> registers = words[(5 + nrEntries)..];

        // PERF_SAMPLE_REGS_ABI_NONE: no registers follow.
        bool hasRegisters = registers.Length * 8 >= RegistersBytes && registers[0] != 0;
        var hit = new WatchpointHit(
            words[1], words[3], isKernel, hasRegisters ? registers[1] : 0, hasRegisters ? registers[2] : 0);
        sink.OnHit(hit, Callers(chain, isKernel));
    }

    /// <summary>
    /// What follows the instruction itself in the part of the chain that is user code. Of a kernel access that part begins with where it was
    /// entered, which is a caller.
    /// </summary>
    private static ReadOnlySpan<ulong> Callers(ReadOnlySpan<ulong> chain, bool isKernel)
    {
        int begin = 0;
        while (begin < chain.Length && chain[begin] >= PerfEvent.PERF_CONTEXT_MAX)
        {
            begin++;
        }

        begin += isKernel ? 0 : 1;
        return begin >= chain.Length ? default : chain[begin..];
    }
}
