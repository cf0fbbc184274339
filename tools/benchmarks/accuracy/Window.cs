using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Accuracy;

/// <summary>One snapshot: what was said of a time, from windows of a mean length that may be longer than the sampling interval.</summary>
internal sealed record Window(long BeginNs, long EndNs, uint NrSamples, double SampleNs, RegionEvent[] Regions, RegionEstimateRecord[] Estimates)
{
    /// <summary>Bytes of some ranges found accessed in at least a share of the samples.</summary>
    internal double HotBytes(List<AddressRange> ranges, double share) =>
        Bytes(ranges, (in region) => region.NrAccesses > 0 && region.NrAccesses >= share * NrSamples);

    /// <summary>Bytes of some ranges found accessed at all: damo's working set.</summary>
    internal double AccessedBytes(List<AddressRange> ranges) => Bytes(ranges, (in region) => region.NrAccesses > 0);

    /// <summary>What the samples say of some ranges, each region by the part of it that is inside; null where the recording has no estimates.</summary>
    internal Estimate? Estimate(List<AddressRange> ranges)
    {
        const double PageBytes = RegionEstimateRecord.PageBytes;
        if (Estimates.Length == 0)
        {
            return null;
        }

        double touched = 0;
        double variance = 0;
        double unknown = 0;
        for (int i = 0; i < Regions.Length; i++)
        {
            var region = new AddressRange(Regions[i].Start, Regions[i].End);
            double part = region.Overlap(ranges) / (double)region.Size;
            touched += part * Estimates[i].TouchedPages;
            variance += Math.Pow(part * Estimates[i].TouchedErrorPages, 2);
            unknown += part * Estimates[i].UnknownPages;
        }

        double error = 1.96 * Math.Sqrt(variance);
        return new Estimate(PageBytes * touched, PageBytes * Math.Max(0, touched - error), PageBytes * (touched + error), PageBytes * unknown);
    }

    private double Bytes(List<AddressRange> ranges, RegionTest counts)
    {
        double bytes = 0;
        foreach (ref readonly RegionEvent region in Regions.AsSpan())
        {
            if (counts(in region))
            {
                bytes += new AddressRange(region.Start, region.End).Overlap(ranges);
            }
        }

        return bytes;
    }

    private delegate bool RegionTest(in RegionEvent region);
}
