using System.Globalization;

namespace Damon.Trace.Accuracy;

/// <summary>What a workload says it touched, and when: the lines that workload/main.c describes.</summary>
internal sealed class Truth
{
    private readonly List<AddressRange> _maps = [];
    private readonly List<Access> _hot = [];
    private readonly List<Access> _sweeps = [];
    private readonly List<Access> _gaps = [];
    private readonly List<(long TimeNs, long Touches, long Pages)> _counts = [];

    /// <summary>Mappings of which every access is known.</summary>
    internal IReadOnlyList<AddressRange> Maps => _maps;

    /// <summary>What was touched over and over, each range for a time.</summary>
    internal IReadOnlyList<Access> Hot => _hot;

    /// <summary>Whether there are solid hot ranges, of which recall and precision can be told.</summary>
    internal bool IsSolid => _hot.Count > 0 && _hot.All(access => access.Range.Size >= 16 * 4096) && _counts.Count == 0;

    /// <summary>Reads lines up to "end"; others, such as progress, are passed over.</summary>
    internal static Truth Read(TextReader lines)
    {
        var truth = new Truth();
        while (lines.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "map": truth._maps.Add(new AddressRange(Unsigned(words[1]), Unsigned(words[2]))); break;
                case "hot": truth._hot.Add(ReadAccess(words)); break;
                case "sweep": truth._sweeps.Add(ReadAccess(words)); break;
                case "count": truth._counts.Add((Signed(words[1]), Signed(words[3]), Signed(words[4]))); break;
                case "gap": truth._gaps.Add(ReadAccess(words)); break;
                case "end": return truth;
                default: break;
            }
        }

        throw new InvalidOperationException("the workload ended without telling the truth");
    }

    /// <summary>Bytes touched at least once in a window.</summary>
    internal double BytesTouched(long beginNs, long endNs) =>
        _counts.Count > 0 ? BytesCounted(beginNs, endNs) : AddressRange.Union(TouchedIn(beginNs, endNs)).Sum(range => (double)range.Size);

    /// <summary>
    /// Part of a window's sampling intervals in which the hot memory was touched. In a gap of length g between two touches of a page, intervals of
    /// length s that begin in the first g - s of it see none.
    /// </summary>
    internal double InUse(long beginNs, long endNs, double sampleNs) =>
        1 - (_gaps.Sum(gap => Math.Max(0, gap.Overlap(beginNs, endNs) - sampleNs)) / (endNs - beginNs));

    /// <summary>Bytes touched in one sampling interval: the mean over those of a window.</summary>
    internal double BytesPerInterval(long beginNs, long endNs, double sampleNs)
    {
        double length = endNs - beginNs;
        double counted = _counts.Count > 0 ? 4096 * (TouchesAt(endNs) - TouchesAt(beginNs)) * sampleNs / length : 0;
        double hot = _hot.Sum(access => access.Range.Size * (access.Overlap(beginNs, endNs) / length))
            * (_hot.Count > 0 ? InUse(beginNs, endNs, sampleNs) : 1);
        // A page that a sweep touches once is touched in one of the intervals.
        double swept = _sweeps.Where(access => access.BeginNs >= beginNs && access.BeginNs < endNs).Sum(access => access.Range.Size * sampleNs / length);
        return counted + hot + swept;
    }

    /// <summary>Bytes touched within some time, the middle one of moments a second apart; null when the truth is not that long.</summary>
    internal double? BytesWithin(double seconds, long startNs, long endNs)
    {
        const long Step = 1_000_000_000;
        long length = (long)(seconds * 1e9);
        List<double?> bytes = [];
        for (long end = startNs + Math.Max(length, Step); end <= endNs; end += Step)
        {
            bytes.Add(BytesTouched(end - length, end));
        }

        return Score.Median(bytes);
    }

    /// <summary>The ranges touched in a window; a range of a phase of which less than a hundredth is in the window does not count.</summary>
    internal IEnumerable<AddressRange> TouchedIn(long beginNs, long endNs)
    {
        IEnumerable<Access> hot = _hot.Where(access => access.Overlap(beginNs, endNs) * 100 >= endNs - beginNs);
        IEnumerable<Access> swept = _sweeps.Where(access => access.BeginNs < endNs && access.EndNs > beginNs);
        return hot.Concat(swept).Select(access => access.Range);
    }

    /// <summary>Ranges in use over all of a window: what must be told hot.</summary>
    internal IEnumerable<AddressRange> HotThroughout(long beginNs, long endNs) =>
        _hot.Where(access => access.BeginNs <= beginNs && access.EndNs >= endNs).Select(access => access.Range);

    private double BytesCounted(long beginNs, long endNs)
    {
        double pages = _counts[0].Pages;
        return 4096 * Math.Min(pages, TouchesAt(endNs) - TouchesAt(beginNs));
    }

    private double TouchesAt(long timeNs)
    {
        int next = _counts.FindIndex(count => count.TimeNs >= timeNs);
        if (next <= 0)
        {
            return next == 0 ? _counts[0].Touches : _counts[^1].Touches;
        }

        (long beforeNs, long before, _) = _counts[next - 1];
        (long afterNs, long after, _) = _counts[next];
        return before + ((after - before) * (double)(timeNs - beforeNs) / Math.Max(1, afterNs - beforeNs));
    }

    private static Access ReadAccess(string[] words) =>
        new(Signed(words[1]), Signed(words[2]), new AddressRange(Unsigned(words[3]), Unsigned(words[4])));

    private static long Signed(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    private static ulong Unsigned(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);
}
