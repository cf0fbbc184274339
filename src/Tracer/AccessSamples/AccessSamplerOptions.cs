using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>How accesses are sampled.</summary>
public sealed record AccessSamplerOptions
{
    /// <summary>Share of its CPU time that the target may lose by default.</summary>
    public const double DefaultTargetShare = 0.01;

    /// <summary>The memory, ascending and disjoint, not empty.</summary>
    public required IReadOnlyList<AddressRange> Ranges { get; init; }

    /// <summary>Looks per second, greater than 0; null for what suits the sampler.</summary>
    public double? ProbesPerSecond { get; init; }

    /// <summary>For how long a byte is watched.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Share of its CPU time that the target may lose, greater than 0.</summary>
    public double TargetShare { get; init; } = DefaultTargetShare;

    /// <summary>Share of one CPU that the sampling itself may use, greater than 0.</summary>
    public double OwnShare { get; init; } = 0.05;

    /// <summary>Seed of the words and threads.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where the function of an instruction begins, if that is known: instructions can then be decoded from there.</summary>
    public Func<ulong, ulong?>? FunctionStart { get; init; }

    /// <summary>The kernel's function at an address, if that is known: what it reads to find callers can then be told from what a system call reads.</summary>
    public Func<ulong, string?>? KernelFunction { get; init; }
}
