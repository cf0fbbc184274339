using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Accuracy;

/// <summary>One snapshot: what was said of a time.</summary>
internal sealed record Window(long BeginNs, long EndNs, uint NrSamples, RegionEvent[] Regions)
{
    /// <summary>Told hot: found accessed in at least half of what was possible.</summary>
    internal bool IsHot(in RegionEvent region) => region.NrAccesses * 2 >= NrSamples;

    /// <summary>Bytes of some ranges told hot.</summary>
    internal double HotBytes(List<AddressRange> ranges) => Bytes(ranges, IsHot);

    /// <summary>Bytes of some ranges found accessed at all: damo's working set.</summary>
    internal double AccessedBytes(List<AddressRange> ranges) => Bytes(ranges, (in region) => region.NrAccesses > 0);

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
