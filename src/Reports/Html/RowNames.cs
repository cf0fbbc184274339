using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// What the rows of a target's map were called, and from when on: mappings come and go, and heaps change what they are used for.
/// </summary>
internal sealed class RowNames(HeatmapBand[] bands, long beginNs, long endNs)
{
    /// <summary>Names are looked up again at most so often in the whole time: enough for the eye, and a bound for the page.</summary>
    private const int MostLooks = 128;

    private readonly Dictionary<string, int> _names = [];
    private readonly int[] _rows = new int[bands.Sum(band => band.Rows)];
    private uint? _generation;
    private long _nextLookNs = long.MinValue;

    /// <summary>The different names, in the order of their numbers.</summary>
    public IReadOnlyCollection<string> Names => _names.Keys;

    /// <summary>The number of each row's name at the first snapshot.</summary>
    public int[] First { get; private set; } = [];

    /// <summary>In order of time: from when on a row had another name.</summary>
    public List<(long SinceNs, int Row, int Name)> Changes { get; } = [];

    /// <summary>Takes the names in force at a snapshot. Does nothing while the mappings stay as they are.</summary>
    public void Take(TargetCatalog catalog, ulong targetId, long timeNs)
    {
        uint generation = catalog.MappingsOf(targetId) is [{ } first, ..] ? first.Generation : 0;
        if (generation == _generation || timeNs < _nextLookNs)
        {
            return;
        }

        bool isFirst = _generation is null;
        _generation = generation;
        _nextLookNs = timeNs + ((endNs - beginNs) / MostLooks);
        foreach (HeatmapBand band in bands)
        {
            for (int row = 0; row < band.Rows; row++)
            {
                Set(band.FirstRow + row, catalog.NameOf(targetId, band.RowStart(row), band.RowStart(row + 1)), timeNs, isFirst);
            }
        }

        First = isFirst ? [.. _rows] : First;
    }

    private void Set(int row, string text, long timeNs, bool isFirst)
    {
        if (!_names.TryGetValue(text, out int name))
        {
            name = _names.Count;
            _names.Add(text, name);
        }

        if (!isFirst && _rows[row] != name)
        {
            Changes.Add((timeNs, row, name));
        }

        _rows[row] = name;
    }
}
