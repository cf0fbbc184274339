namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>One access to memory that was seen, by the thread that made it.</summary>
public readonly record struct AccessSample
{
    /// <summary>The memory: the watched byte, or the first byte that the instruction accessed.</summary>
    public required ulong Address { get; init; }

    /// <summary>
    /// An address within the accessing instruction; where the instruction could not be decoded, the one before the address at which the
    /// processor went on. Of an access made by the kernel, the kernel's instruction.
    /// </summary>
    public required ulong Ip { get; init; }

    /// <summary>The thread.</summary>
    public required int Tid { get; init; }

    /// <summary>CLOCK_MONOTONIC in nanoseconds.</summary>
    public required ulong TimeNs { get; init; }

    /// <summary>Null where it is not known.</summary>
    public required bool? IsWrite { get; init; }

    /// <summary>Made by the kernel on behalf of the thread: a system call that reads or fills a buffer.</summary>
    public required bool IsKernel { get; init; }

    /// <summary>Number of the look that saw it: what one look sees several times counts as one draw.</summary>
    public required long Probe { get; init; }

    /// <summary>
    /// What it stands for, in units of its sampler: accesses per second and byte, or samples. Shares are shares of the sum of weights.
    /// </summary>
    public required double Weight { get; init; }
}

/// <summary>Takes samples as they are found, on the thread that samples.</summary>
/// <param name="sample">The access.</param>
/// <param name="stack">
/// Return addresses of the callers by frame pointers, innermost first, valid during the call only; empty where the code has none. Of an access
/// by the kernel the first is where user code entered it.
/// </param>
public delegate void AccessSampleCallback(in AccessSample sample, ReadOnlySpan<ulong> stack);
