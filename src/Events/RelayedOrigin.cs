namespace Damon.Trace.Events;

/// <summary>
/// Who reported events that are relayed from elsewhere: the begin of the payload of <c>damon_trace_relayed</c>, in this order, with
/// nr_events (u32) before the time. A blob follows: u32 size in bytes, then the time of each event after the first, u32 nanoseconds.
/// </summary>
/// <param name="Tid">Thread id of the kdamond (i32).</param>
/// <param name="Cpu">CPU on which it reported (u32).</param>
/// <param name="FirstNs">CLOCK_MONOTONIC nanoseconds of the first event (u64).</param>
/// <param name="Comm">Name of the kdamond's thread (string).</param>
public readonly record struct RelayedOrigin(int Tid, uint Cpu, ulong FirstNs, string Comm)
{
    /// <summary>Events that one <c>damon_trace_relayed</c> announces at most: an event of the provider is smaller than 64 KB.</summary>
    public const int MaxEvents = 10_000;
}
