using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Pictures;

/// <summary>The working set sizes of one target in time order, 16 bytes a snapshot, and their distribution.</summary>
internal sealed class MemoryTime
{
    private readonly List<(long EndNs, ulong Bytes)> _sizes = [];

    public Distribution Distribution { get; } = new();

    public int Count => _sizes.Count;

    public void Add(long endNs, ulong bytes)
    {
        _sizes.Add((endNs, bytes));
        Distribution.Add(bytes);
    }

    /// <summary>
    /// At most so many points: each the mean, least and most of the same number of consecutive snapshots, at the end of the last of them.
    /// With as many points as snapshots they are the snapshots themselves.
    /// </summary>
    public IEnumerable<WssStretch> Points(int most)
    {
        int each = Math.Max(1, (int)(((long)_sizes.Count + most - 1) / most));
        for (int first = 0; first < _sizes.Count; first += each)
        {
            int after = Math.Min(first + each, _sizes.Count);
            double sum = 0;
            ulong least = ulong.MaxValue;
            ulong largest = 0;
            for (int i = first; i < after; i++)
            {
                sum += _sizes[i].Bytes;
                least = Math.Min(least, _sizes[i].Bytes);
                largest = Math.Max(largest, _sizes[i].Bytes);
            }

            yield return new WssStretch(_sizes[after - 1].EndNs, sum / (after - first), least, largest);
        }
    }
}
