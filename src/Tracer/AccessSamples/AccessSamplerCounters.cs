namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>What a sampler did so far.</summary>
public sealed class AccessSamplerCounters
{
    /// <summary>Looks: words that were watched for a moment, or moments at which a thread was looked at.</summary>
    public long NrProbes { get; internal set; }

    /// <summary>Of these, looks that saw an access to the ranges.</summary>
    public long NrHits { get; internal set; }

    /// <summary>Looks that saw no access.</summary>
    public long NrMisses => NrProbes - NrHits;

    /// <summary>Words that were watched for as long as suits this memory: the first are watched for a shorter time, until that is found.</summary>
    public long NrSettledProbes { get; internal set; }

    /// <summary>Of these, those that saw an access to the ranges.</summary>
    public long NrSettledHits { get; internal set; }

    /// <summary>Accesses seen: more than hits where one look saw several.</summary>
    public long NrAccesses { get; internal set; }

    /// <summary>Probes that could not be armed because others hold the debug registers of the thread: a debugger, or perf.</summary>
    public long NrNoRegister { get; internal set; }

    /// <summary>Probes that could not be armed because their thread had just ended.</summary>
    public long NrThreadsGone { get; internal set; }

    /// <summary>Threads that could not be looked at; the latest reason is <see cref="Refusal"/>.</summary>
    public long NrRefused { get; internal set; }

    /// <summary>The latest error of the system; null when there was none.</summary>
    public string? Refusal { get; internal set; }

    /// <summary>Samples the kernel lost or throttled.</summary>
    public long NrLost { get; internal set; }

    /// <summary>Looks whose memory access could not be told: the address was in a register that had changed.</summary>
    public long NrUnknown { get; internal set; }

    /// <summary>
    /// Probes put off to keep within what the target, or this process, may be made to spend, or because as many as the processor has registers
    /// were armed in the thread.
    /// </summary>
    public long NrPutOff { get; internal set; }

    /// <summary>Estimated CPU time that the target lost to the probes, in nanoseconds.</summary>
    public long TargetCostNs { get; internal set; }

    /// <summary>CPU time of this process for them, in nanoseconds.</summary>
    public long OwnCpuNs { get; internal set; }
}
