namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// The regions of one target as one contiguous sorted array. Steps that only shrink work in place; steps that grow it append to a
/// second array, which then takes the place of the first. Both are kept, so nothing is allocated once they are large enough.
/// </summary>
internal sealed class RegionArray
{
#if DEBUG
    private const int InitialCapacity = 2; // hostile: growth happens in every test
#else
    private const int InitialCapacity = 64;
#endif

    private DamonRegion[] _regions = new DamonRegion[InitialCapacity];
    private DamonRegion[] _next = new DamonRegion[InitialCapacity];
    private int _nextCount;

    internal int Count { get; private set; }

    internal Span<DamonRegion> AsSpan() => _regions.AsSpan(0, Count);

    /// <summary>Sum of the sizes of all regions.</summary>
    internal ulong TotalSize()
    {
        ulong size = 0;
        foreach (ref readonly DamonRegion region in AsSpan())
        {
            size += region.Size;
        }

        return size;
    }

    /// <summary>Keeps the first regions only.</summary>
    internal void Truncate(int count) => Count = count;

    /// <summary>Adds a region behind the ones appended since the last <see cref="TakeAppended"/>; the current ones are untouched.</summary>
    internal void Append(in DamonRegion region)
    {
        if (_nextCount == _next.Length)
        {
            Array.Resize(ref _next, _next.Length * 2);
        }

        _next[_nextCount++] = region;
    }

    /// <summary>The last appended region.</summary>
    internal ref DamonRegion LastAppended => ref _next[_nextCount - 1];

    /// <summary>Replaces the regions by the appended ones.</summary>
    internal void TakeAppended()
    {
        (_regions, _next) = (_next, _regions);
        Count = _nextCount;
        _nextCount = 0;
    }

    /// <summary>Replaces the regions by fresh ones: nothing counted, age 0.</summary>
    internal void Set(ReadOnlySpan<AddressRange> ranges)
    {
        foreach (AddressRange range in ranges)
        {
            Append(Fresh(range.Start, range.End));
        }

        TakeAppended();
    }

    internal static DamonRegion Fresh(ulong start, ulong end) => new() { Start = start, End = end, SamplingAddress = start };
}
