namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// What the latest sweep said: which of the followed pages that only it makes old were accessed since. Until the next sweep, rarer than
/// aggregations, this is what is known of such memory. It is kept by address and not by region, so that splitting and merging neither copies a
/// sample nor adds one: sums over regions, and their standard error, are the same whatever the regions are.
/// </summary>
internal sealed class SweptPages
{
    // Of a single page nothing is known but that p (1 - p) is 1/4 at most.
    private const float LargestVariance = 0.25f;

    private ulong[] _addresses = [];
    private bool[] _isAccessed = [];
    private float[] _variances = [];
    private ulong _blockSize;
    private double _notDrawn;
    private int _count;

    /// <summary>Takes the pages of the latest look. Allocates only while the number of pages grows.</summary>
    internal void Set(FollowedPages followed)
    {
        _blockSize = followed.BlockSize;
        _notDrawn = 1 - (1.0 / followed.BlockPages);
        _count = 0;
        if (_addresses.Length < followed.Count)
        {
            _addresses = new ulong[followed.Count];
            _isAccessed = new bool[followed.Count];
            _variances = new float[followed.Count];
        }

        for (int i = 0; i < followed.Count; i++)
        {
            AccessState state = followed.Pages[i].State;
            if (state is AccessState.SweptAccessed or AccessState.SweptNotAccessed)
            {
                _addresses[_count] = followed.Addresses[i];
                _isAccessed[_count++] = state == AccessState.SweptAccessed;
            }
        }

        for (int i = 0; i < _count; i++)
        {
            _variances[i] = VarianceOf(i);
        }
    }

    /// <summary>
    /// What is known of a range. Each page stands for its block of neighbours, of which it was drawn: share accessed = sum of o y / sum of o,
    /// with o the part of the block that lies in the range and y whether the page was accessed. One binary search and the pages in the range.
    /// </summary>
    internal AccessedShare Of(ulong start, ulong end)
    {
        if (_count == 0)
        {
            return default;
        }

        int i = _addresses.AsSpan(0, _count).BinarySearch(DamonArithmetic.AlignDown(start, _blockSize));
        double covered = 0;
        double accessed = 0;
        double variance = 0;
        for (i = i >= 0 ? i : ~i; i < _count; i++)
        {
            ulong block = DamonArithmetic.AlignDown(_addresses[i], _blockSize);
            if (block >= end)
            {
                break;
            }

            double part = (Math.Min(end, block + _blockSize) - Math.Max(start, block)) / (double)_blockSize;
            covered += part;
            accessed += _isAccessed[i] ? part : 0;
            variance += part * _variances[i];
        }

        return covered == 0 ? default : new AccessedShare(covered, accessed / covered, variance * _notDrawn / (covered * covered));
    }

    /// <summary>
    /// Variance of one page's answer, from how it differs from its neighbours': of strata with one draw each, half the squared difference of
    /// successive ones (Cochran 1977, 5A.12), here shared among both. Unbiased for scattered pages, too large for solid ranges.
    /// </summary>
    private float VarianceOf(int i)
    {
        bool hasBefore = i > 0;
        bool hasAfter = i + 1 < _count;
        if (!hasBefore && !hasAfter)
        {
            return LargestVariance;
        }

        int differs = (hasBefore && _isAccessed[i] != _isAccessed[i - 1] ? 1 : 0) + (hasAfter && _isAccessed[i] != _isAccessed[i + 1] ? 1 : 0);
        return hasBefore && hasAfter ? differs / 4f : differs / 2f;
    }
}
