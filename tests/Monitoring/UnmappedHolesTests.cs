using CsCheck;

namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class UnmappedHolesTests
{
    [Theory]
    // The two biggest gaps are 20-1000 and 1100-5000. Inside 1000-1100: mapped 10 + 10 + 10, holes 30 and 40; all mapped memory is 50, so
    // holes of 12 at most may stay: 40 goes first, then 30.
    [InlineData("0-20, 1000-1010, 1040-1050, 1090-1100, 5000-5020", "0-20, 1000-1010, 1040-1050, 1090-1100, 5000-5020")]
    // A hole of 5 beside 130 mapped stays.
    [InlineData("0-20, 1000-1050, 1055-1095, 5000-5020", "0-20, 1000-1095, 5000-5020")]
    // Mapped 120, at most 30 of holes may stay: 60 goes, and the 20 left are few enough.
    [InlineData("0-20, 1000-1040, 1100-1120, 1140-1160, 5000-5020", "0-20, 1000-1040, 1100-1160, 5000-5020")]
    public void BigHoles_AreLeftOut(string mappings, string expected)
    {
        AddressRange[] ranges = new AddressRange[8];
        int count = MonitoredRanges.Find(Notation.Ranges(mappings), 1, ranges);
        Assert.Equal(expected, Notation.Bounds(ranges.AsSpan(0, count)));
    }

    [Fact]
    public void WithRoomForOneMore_TheLargestHoleGoes()
    {
        AddressRange[] ranges = new AddressRange[4];
        int count = MonitoredRanges.Find(Notation.Ranges("0-20, 1000-1010, 1040-1050, 1090-1100, 5000-5020"), 1, ranges);
        Assert.Equal("0-20, 1000-1050, 1090-1100, 5000-5020", Notation.Bounds(ranges.AsSpan(0, count)));
    }

    [Fact]
    public void Holes_ShrinkToTheSmallestRegion()
    {
        // MIN 8: the hole 1013-1101 becomes 1016-1096.
        AddressRange[] ranges = new AddressRange[8];
        int count = MonitoredRanges.Find(Notation.Ranges("0-16, 1000-1013, 1101-1112, 5000-5016"), 8, ranges);
        Assert.Equal("0-16, 1000-1016, 1096-1112, 5000-5016", Notation.Bounds(ranges.AsSpan(0, count)));
    }

    [Fact]
    public void Ranges_CoverEveryMappingAndFewHoles() => Layout.AnyRegions.Sample(
        layout =>
        {
            AddressRange[] mappings = [.. layout.Regions.Select(r => new AddressRange(r.Start, r.End))];
            AddressRange[] ranges = new AddressRange[mappings.Length + 3];
            int count = MonitoredRanges.Find(mappings, Run.Page, ranges);
            Assert.All(mappings, m => Assert.Single(ranges[..count], r => r.Start <= m.Start && r.End >= m.End));
            Assert.All(ranges[..count].Zip(ranges[1..count]), pair => Assert.True(pair.First.End < pair.Second.Start));
            ulong mapped = mappings.Aggregate(0ul, (sum, m) => sum + m.Size);
            ulong covered = ranges[..count].Aggregate(0ul, (sum, r) => sum + r.Size);
            Assert.InRange(covered, mapped, mapped + (mapped / 4));
        },
        iter: 1_000);
}
