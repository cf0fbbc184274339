namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// The real lengths of the sampling windows of one aggregation, prepare to check. Nominal intervals are wishes: a busy machine makes
/// windows longer, and a longer window finds more pages accessed, so every snapshot carries what really happened.
/// Written by the kdamond only.
/// </summary>
internal sealed class SamplingWindows
{
    /// <summary>CLOCK_MONOTONIC nanoseconds at which the aggregation began.</summary>
    internal long BeginNs { get; private set; }

    /// <summary>CLOCK_MONOTONIC nanoseconds of its latest check.</summary>
    internal long EndNs { get; private set; }

    /// <summary>Sum of the lengths of its windows in nanoseconds.</summary>
    internal long TotalNs { get; private set; }

    /// <summary>Checks that came more than half a sampling interval late.</summary>
    internal uint NrLate { get; private set; }

    /// <summary>Sampling intervals that passed without any check.</summary>
    internal uint NrMissed { get; private set; }

    /// <summary>Starts an aggregation.</summary>
    internal void Begin(long nowNs)
    {
        BeginNs = nowNs;
        EndNs = nowNs;
        TotalNs = 0;
        NrLate = 0;
        NrMissed = 0;
    }

    /// <summary>Records one window.</summary>
    /// <param name="preparedNs">When its pages had been made old.</param>
    /// <param name="dueNs">When its check was due.</param>
    /// <param name="checkedNs">When its check began.</param>
    /// <param name="intervalNs">The sampling interval.</param>
    /// <returns>Whole intervals the schedule has to skip, because they have passed already.</returns>
    internal long Add(long preparedNs, long dueNs, long checkedNs, long intervalNs)
    {
        long latenessNs = checkedNs - dueNs;
        long skipped = latenessNs > 0 ? latenessNs / intervalNs : 0;
        EndNs = checkedNs;
        TotalNs += checkedNs - preparedNs;
        NrLate += latenessNs > intervalNs / 2 ? 1u : 0u;
        NrMissed += (uint)skipped;
        return skipped;
    }
}
