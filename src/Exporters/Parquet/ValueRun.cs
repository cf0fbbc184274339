namespace Damon.Trace.Exporters.Parquet;

/// <summary>Values that are each by a step larger than the one before; wraps around.</summary>
internal readonly record struct ValueRun(ulong First, ulong Step, int Count)
{
    internal ulong Last => At(Count - 1);

    internal ulong At(int index) => unchecked(First + (Step * (ulong)index));

    internal void Fill(Span<ulong> values)
    {
        if (Step == 0)
        {
            values.Fill(First);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = At(i);
        }
    }
}
