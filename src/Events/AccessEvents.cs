using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>One access that was sampled (<c>record --who</c>), the payload of <c>damon_trace_access</c>: 58 bytes, packed, little endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct AccessRecord
{
    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId;

    /// <summary>CLOCK_MONOTONIC nanoseconds of the access.</summary>
    public ulong TimeNs;

    /// <summary>The memory.</summary>
    public ulong Address;

    /// <summary>An address within the instruction.</summary>
    public ulong Ip;

    /// <summary>The thread, see <see cref="ThreadDescription"/>.</summary>
    public int Tid;

    /// <summary>0 for a read, 1 for a write, <see cref="UnknownDirection"/>.</summary>
    public byte IsWrite;

    /// <summary>1 when the kernel made it on behalf of the thread.</summary>
    public byte IsKernel;

    /// <summary>See <see cref="StackDescription"/>; 0 for none.</summary>
    public uint StackId;

    /// <summary>Number of the look that saw it: what one look sees several times is one draw.</summary>
    public ulong Probe;

    /// <summary>What it stands for, in units of its sampler; shares are shares of the sum of weights.</summary>
    public double Weight;

    /// <summary>Value of <see cref="IsWrite"/> where it is not known.</summary>
    public const byte UnknownDirection = 2;

    /// <summary>The same; null where it is not known.</summary>
    public readonly bool? Writes => IsWrite == UnknownDirection ? null : IsWrite == 1;
}

/// <summary>Code that is on the stack of an access.</summary>
/// <param name="Ip">Address of the instruction, or one before the address to which a call returns.</param>
/// <param name="FileOffset">The same within its file; 0 where the code is from none.</param>
/// <param name="Function">Its function, or module and offset where there is no symbol.</param>
/// <param name="Module">The file it is from, without its folder.</param>
public readonly record struct CodeFrame(ulong Ip, ulong FileOffset, string Function, string Module);

/// <summary>
/// Where accesses came from: the payload of <c>damon_trace_stack</c>. An id stands for it from then on, until another one gets that id.
/// target_id (u64), stack_id (u32), functions (string: a line for each frame, function, tab, module), addresses (u32 size in bytes, then u64
/// address and u64 offset in its file of each frame).
/// </summary>
/// <param name="TargetId">Index of the target in its context.</param>
/// <param name="StackId">From 1.</param>
/// <param name="Frames">The accessing code first, then its callers; these are empty where there are no frame pointers. At most <see cref="MaxFrames"/>.</param>
public sealed record StackDescription(ulong TargetId, uint StackId, IReadOnlyList<CodeFrame> Frames)
{
    /// <summary>Frames at most: an event of the provider is smaller than 64 KB.</summary>
    public const int MaxFrames = 64;

    /// <summary>Characters of the name of a function at most, for the same reason; what is longer is cut.</summary>
    public const int MaxFunctionLength = 300;

    /// <summary>The same of a module.</summary>
    public const int MaxModuleLength = 100;

    /// <summary>Ids at most: then the first ones are given again.</summary>
    public const int MaxStacks = 16_384;
}

/// <summary>The name of a thread that accesses were sampled of: the payload of <c>damon_trace_thread</c>.</summary>
/// <param name="TargetId">Index of the target in its context (u64).</param>
/// <param name="Tid">Its id (i32).</param>
/// <param name="Comm">Its name (string).</param>
public sealed record ThreadDescription(ulong TargetId, int Tid, string Comm);

/// <summary>What sampling accesses of one target came to so far: the fixed part of <c>damon_trace_sampler</c>, 112 bytes; about once a second.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct AccessSamplerCounts
{
    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId;

    /// <summary>CLOCK_MONOTONIC nanoseconds.</summary>
    public ulong TimeNs;

    /// <summary>Nanoseconds since sampling began.</summary>
    public ulong DurationNs;

    /// <summary>Looks: words watched for a moment, or moments at which a thread was looked at.</summary>
    public ulong NrProbes;

    /// <summary>Of these, looks that saw an access to monitored memory.</summary>
    public ulong NrHits;

    /// <summary>Probes that could not be armed: the debug registers are taken.</summary>
    public ulong NrNoRegister;

    /// <summary>Times the kernel refused.</summary>
    public ulong NrRefused;

    /// <summary>Samples the kernel lost.</summary>
    public ulong NrLost;

    /// <summary>Looks put off to keep within the budgets.</summary>
    public ulong NrPutOff;

    /// <summary>Looks beside accesses whose address could not be told.</summary>
    public ulong NrUnknown;

    /// <summary>CPU time that the target lost to the looks, as estimated.</summary>
    public ulong TargetCostNs;

    /// <summary>CPU time that the target used meanwhile.</summary>
    public ulong TargetCpuNs;

    /// <summary>Own CPU time for the looks.</summary>
    public ulong OwnCpuNs;

    /// <summary>Threads of the target.</summary>
    public uint NrThreads;

    /// <summary>Threads whose ending was too early for a look.</summary>
    public uint NrThreadsGone;
}

/// <summary>The payload of <c>damon_trace_sampler</c>.</summary>
/// <param name="Counts">Since sampling began.</param>
/// <param name="Sampler">How accesses are sampled: <c>watchpoints</c> or <c>instructions</c>.</param>
/// <param name="Unit">What shares are shares of.</param>
/// <param name="Remark">What must be known to read the numbers; empty for nothing.</param>
public sealed record AccessSamplerState(AccessSamplerCounts Counts, string Sampler, string Unit, string Remark);

/// <summary>
/// Which memory of a target is mapped by huge pages: the fixed part of <c>damon_trace_huge_pages</c>, 20 bytes. A blob follows: u32 size in
/// bytes and one <see cref="HugePageRun"/> each. Every ten seconds or so.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct HugePages
{
    /// <summary>Bytes of a huge page.</summary>
    public const ulong Bytes = 2 << 20;

    /// <summary>Runs at most: an event of the provider is smaller than 64 KB.</summary>
    public const int MaxRuns = 3_500;

    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId;

    /// <summary>CLOCK_MONOTONIC nanoseconds.</summary>
    public ulong TimeNs;

    /// <summary>1 when there were more runs than an event carries.</summary>
    public uint IsCut;
}

/// <summary>Huge pages side by side.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct HugePageRun
{
    /// <summary>First byte.</summary>
    public ulong Start;

    /// <summary>First byte after it.</summary>
    public ulong End;
}

/// <summary>
/// What was seen of huge pages that were split for a while: the fixed part of <c>damon_trace_split_pages</c>, 32 bytes. A blob follows: u32 size in
/// bytes and one <see cref="SplitHugePage"/> each.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct SplitHugePages
{
    /// <summary>Pages at most: an event of the provider is smaller than 64 KB.</summary>
    public const int MaxPages = 1_000;

    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId;

    /// <summary>CLOCK_MONOTONIC nanoseconds of the end.</summary>
    public ulong TimeNs;

    /// <summary>For how long they were split, nanoseconds.</summary>
    public ulong WindowNs;

    /// <summary>Time that the target may have waited for splitting and collapsing, nanoseconds.</summary>
    public ulong CostNs;
}

/// <summary>A huge page that was split for a while.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct SplitHugePage
{
    /// <summary>First byte.</summary>
    public ulong Start;

    /// <summary>Of its 512 small pages, those that were accessed meanwhile.</summary>
    public uint Touched;

    /// <summary>1 when the kernel made it huge again.</summary>
    public uint IsCollapsed;
}
