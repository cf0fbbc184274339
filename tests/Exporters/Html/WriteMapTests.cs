using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Html;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Exporters.Tests.Html;

/// <summary>Cells have the share of writes of the regions in them; what nobody sampled is unknown.</summary>
public sealed class WriteMapTests
{
    private const long Second = 1_000_000_000;

    /// <summary>A band of 16 pages in 4 rows; a region of the first half is sampled, one of the second is not.</summary>
    [Fact]
    public void Cells_HaveTheShareOfTheirRegion()
    {
        HeatmapBand[] bands = [new(0x10000, 0x20000, 0, 4)];
        WriteMap map = new(bands, 0, 128 * Second);
        Assert.False(map.Any);
        WriteShares writes = new();
        for (ulong probe = 1; probe <= 4; probe++)
        {
            writes.Add(new AccessEvent
            {
                Access = new AccessRecord { Address = 0x12000, Probe = probe, IsWrite = (byte)(probe == 1 ? 1 : 0), Weight = 1, TimeNs = Second },
            });
        }

        Snapshot snapshot = new() { EndNs = 3 * Second };
        snapshot.Add(new RegionEvent { Start = 0x10000, End = 0x18000 });
        snapshot.Add(new RegionEvent { Start = 0x18000, End = 0x20000 });
        writes.Take(snapshot);
        map.Add(snapshot, writes, 1 * Second, 3 * Second);

        Assert.True(map.Any);
        foreach (int row in (int[])[0, 1])
        {
            foreach (int column in (int[])[1, 2])
            {
                ShareInterval share = map[row, column]!.Value;
                Assert.Equal(0.25, share.Share, 6);
                Assert.Equal(ShareInterval.OfWeights(0.25, 4).Low, share.Low, 6);
                Assert.Equal(ShareInterval.OfWeights(0.25, 4).High, share.High, 6);
            }
        }

        Assert.Null(map[0, 0]);
        Assert.Null(map[0, 3]);
        Assert.Null(map[2, 1]);
    }
}
