namespace Damon.Trace.Exporters.Ctf;

/// <summary>How <see cref="CtfWriter"/> writes.</summary>
public sealed record CtfOptions
{
    /// <summary>
    /// Identity of the trace: readers take two folders with the same one for parts of one trace, so every export has its own.
    /// </summary>
    public Guid Uuid { get; init; } = Guid.NewGuid();

    /// <summary>
    /// CLOCK_REALTIME minus CLOCK_MONOTONIC in nanoseconds, for recordings that do not tell; null leaves their clock as it is.
    /// </summary>
    public long? WallOffsetNs { get; init; }

    /// <summary>Events of a packet at most; a reader needs one packet in memory.</summary>
    public int PacketEvents { get; init; } = 4096;
}
