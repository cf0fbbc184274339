namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// All samples of one region in the current aggregation by what they found. Every sample is a random page of the region's memory, whatever
/// became of it, so the shares of the kinds of page are known even where their accesses are not.
/// </summary>
internal struct SampleTally
{
    /// <summary>Valid samples of pages that are made old one by one, and how many of them were accessed.</summary>
    internal uint Exact;

    /// <inheritdoc cref="Exact"/>
    internal uint ExactAccessed;

    /// <summary>Samples of pages that only a sweep makes old.</summary>
    internal uint AwaitsSweep;

    /// <summary>Samples of pages that nothing makes old.</summary>
    internal uint Unclearable;

    /// <summary>Samples that were not prepared in time: of pages made old one by one.</summary>
    internal uint Unprepared;

    /// <summary>Samples that fell on no memory.</summary>
    internal uint NotPresent;

    /// <summary>Share of the samples on memory that fell on pages which only a sweep makes old.</summary>
    internal readonly double SweptShare
    {
        get
        {
            double present = (double)Exact + Unprepared + AwaitsSweep + Unclearable;
            return present > 0 ? AwaitsSweep / present : 0;
        }
    }

    /// <summary>True when a sample was neither <see cref="AccessState.Accessed"/> nor <see cref="AccessState.NotAccessed"/>.</summary>
    internal readonly bool IsMixed => (AwaitsSweep | Unclearable | Unprepared | NotPresent) != 0;

    internal void Add(AccessState state)
    {
        switch (state)
        {
            case AccessState.NotAccessed:
                Exact++;
                break;
            case AccessState.Accessed:
                Exact++;
                ExactAccessed++;
                break;
            // A window right after a sweep says too little: where accessed bits are dear (shadow page tables), the target itself is held up by
            // every page it accesses again.
            case AccessState.SweptNotAccessed:
            case AccessState.SweptAccessed:
            case AccessState.AwaitsSweep:
                AwaitsSweep++;
                break;
            case AccessState.Unclearable:
                Unclearable++;
                break;
            case AccessState.Unprepared:
                Unprepared++;
                break;
            default:
                NotPresent++;
                break;
        }
    }
}
