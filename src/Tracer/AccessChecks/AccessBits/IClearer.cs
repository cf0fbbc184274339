using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>How accessed bits of a target are cleared.</summary>
internal interface IClearer : IDisposable
{
    /// <summary>The word in the labels.</summary>
    string Name { get; }

    /// <summary>Whether the target's TLBs are flushed too. Without that an access through a cached translation stays unseen.</summary>
    bool Flushes { get; }

    /// <summary>Clears whole folios, ascending and disjoint: 0, or -errno when the target as a whole refuses (EPERM, ESRCH).</summary>
    /// <param name="ranges">What to clear; a clearer that cannot choose clears everything.</param>
    /// <param name="outcomes">Receives one outcome per range.</param>
    /// <param name="deadlineNs">CLOCK_MONOTONIC time after which no further call is begun.</param>
    int Clear(ReadOnlySpan<SysMman.IoVector> ranges, Span<ClearOutcome> outcomes, long deadlineNs);
}
