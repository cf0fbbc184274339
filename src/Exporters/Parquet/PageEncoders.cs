namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Encodes the pages of all columns by several threads: helpers begin while the caller fills the next page, and it does itself what none of them
/// has begun by then. The largest come first, so that nobody waits for longer than one of the smallest takes.
/// </summary>
/// <param name="columns">Each is encoded by one thread.</param>
/// <param name="helpers">Threads beside the caller's.</param>
internal sealed class PageEncoders(IReadOnlyList<ColumnWriter> columns, int helpers)
{
    private readonly Task[] _helping = [.. Enumerable.Repeat(Task.CompletedTask, helpers)];

    // By size in the page before, which is nearly that in the next one.
    private readonly ColumnWriter[] _largestFirst = [.. columns];

    // The next column nobody has begun.
    private int _next = columns.Count;

    /// <summary>Ends the page of every column and begins to encode it; the page before must be finished.</summary>
    internal void Begin()
    {
        foreach (ColumnWriter column in columns)
        {
            column.EndPage();
        }

        Array.Sort(_largestFirst, static (a, b) => b.PageBytes.CompareTo(a.PageBytes));
        Volatile.Write(ref _next, 0);
        for (int i = 0; i < _helping.Length; i++)
        {
            _helping[i] = Task.Run(Encode);
        }
    }

    /// <summary>Returns when all columns of the page are encoded.</summary>
    internal void Finish()
    {
        Encode();
        Task.WaitAll(_helping);
    }

    private void Encode()
    {
        for (int i = Interlocked.Increment(ref _next) - 1; i < _largestFirst.Length; i = Interlocked.Increment(ref _next) - 1)
        {
            _largestFirst[i].EncodePage();
        }
    }
}
