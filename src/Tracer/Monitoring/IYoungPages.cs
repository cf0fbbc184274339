namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Pages followed over many windows: an access check that can tell which pages were accessed since they were made old, whoever made them
/// old and however long ago. Called by the kdamond only, between two windows; allocates nothing in a steady state.
/// </summary>
public interface IYoungPages
{
    /// <summary>
    /// Ranges that the latest <see cref="IAccessCheck.MakeOld"/> found young and made old, ascending and disjoint: what it takes from those
    /// who follow pages. Valid until the next call.
    /// </summary>
    ReadOnlySpan<AddressRange> TakenYoung { get; }

    /// <summary>
    /// Accessed pages made old so far, by windows and by <see cref="TakeYoung"/>, counted as entries of page tables: a large folio that is mapped page by
    /// page counts with all of its pages, a huge page as one. What that costs the target grows with it. 0 where it costs nothing.
    /// </summary>
    long NrMadeOld => 0;

    /// <summary>
    /// Tells for each page whether it was accessed since it was made old the last time, and makes the accessed ones old again. Pages that
    /// only a sweep makes old report <see cref="AccessState.SweptAccessed"/> or <see cref="AccessState.SweptNotAccessed"/>, counted from the
    /// latest sweep, and stay as they are. What could not be made old in the time allowed is <see cref="AccessState.Unprepared"/>: the next
    /// call tells.
    /// </summary>
    /// <param name="addresses">Ascending, one per page.</param>
    /// <param name="states">Receives one state per address.</param>
    void TakeYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states);
}
