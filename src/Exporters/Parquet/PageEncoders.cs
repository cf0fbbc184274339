namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Encodes the pages of all columns by several threads: helpers begin while the caller fills the next page, and it does itself what none of them
/// has begun by then. So nobody waits for longer than a column takes.
/// </summary>
/// <param name="columns">Each is encoded by one thread.</param>
/// <param name="helpers">Threads beside the caller's.</param>
internal sealed class PageEncoders(IReadOnlyList<ColumnWriter> columns, int helpers)
{
    private readonly Task[] _helping = [.. Enumerable.Repeat(Task.CompletedTask, helpers)];

    // The next column nobody has begun.
    private int _next = columns.Count;

    /// <summary>Ends the page of every column and begins to encode it; the page before must be finished.</summary>
    internal void Begin()
    {
        foreach (ColumnWriter column in columns)
        {
            column.EndPage();
        }

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
        for (int i = Interlocked.Increment(ref _next) - 1; i < columns.Count; i = Interlocked.Increment(ref _next) - 1)
        {
            columns[i].EncodePage();
        }
    }
}
