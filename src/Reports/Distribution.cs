namespace Damon.Trace.Reports;

/// <summary>
/// Values of which percentiles are asked, eight bytes each: percentiles need all of them (a day of 100 ms aggregations is 7 MB).
/// </summary>
internal sealed class Distribution
{
    private readonly List<ulong> _values = [];
    private bool _sorted;

    public int Count => _values.Count;

    public double? Mean => _values.Count == 0 ? null : _values.Average(value => (double)value);

    public void Add(ulong value)
    {
        _values.Add(value);
        _sorted = false;
    }

    /// <summary>The n-th smallest value, from 0.</summary>
    public ulong Smallest(int n)
    {
        if (!_sorted)
        {
            _values.Sort();
            _sorted = true;
        }

        return _values[n];
    }

    /// <summary>
    /// damo's rule: the value at index int(percentile / 100 * n) of the sorted values, the last at most; null without values.
    /// </summary>
    public ulong? Percentile(int percentile) =>
        // In floating point as there, so that the same text gives the same numbers.
        Count == 0 ? null : Smallest(Math.Min((int)(percentile / 100.0 * Count), Count - 1));
}
