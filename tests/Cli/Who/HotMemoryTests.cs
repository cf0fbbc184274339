using Damon.Trace.Cli.Who;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>What of the hot memory is looked at.</summary>
public sealed class HotMemoryTests
{
    // As a loader maps a program: constants, code, constants, data; code that is compiled at run time where it is written; a file, and a library.
    private static readonly Mapping[] s_program =
    [
        Map(0x1000, 0x2000, "r--p", "program"), Map(0x2000, 0x5000, "r-xp", "program"), Map(0x5000, 0x6000, "r--p", "program"),
        Map(0x6000, 0x8000, "rw-p", "program"), Map(0x9000, 0xa000, "rwxp"), Map(0xa000, 0xb000, "r--s", "file"), Map(0xb000, 0xd000, "r-xp", "library"),
    ];

    [Theory]
    [InlineData(0x6000, 0x8000, "6000-8000", 1)]
    [InlineData(0x1000, 0x2000, "1000-2000", 1)]
    [InlineData(0x2000, 0x5000, "", 0)]
    [InlineData(0x3000, 0x4000, "", 0)]
    [InlineData(0x1000, 0x8000, "6000-8000", 2 / 7.0)]
    [InlineData(0x4000, 0x7000, "6000-7000", 1 / 3.0)]
    [InlineData(0x4000, 0x6000, "", 0)]
    [InlineData(0x5000, 0x7000, "5000-7000", 1)] // no code that the constants are beside
    [InlineData(0x0000, 0x3000, "", 0)]
    [InlineData(0x7000, 0xa000, "7000-8000,9000-a000", 1)] // a hole is not touched
    [InlineData(0x8000, 0x9000, "", 0)]
    [InlineData(0x2000, 0xa000, "6000-8000,9000-a000", 3 / 7.0)]
    [InlineData(0x9000, 0xd000, "9000-b000", 0.5)]
    public void Data_IsWhatIsNeitherCodeNorItsConstants(ulong start, ulong end, string parts, double share)
    {
        (AddressRange[] found, double foundShare) = HotMemory.Data(new AddressRange(start, end), s_program);

        Assert.Equal(parts, Text(found));
        Assert.Equal(share, foundShare, 12);
    }

    [Fact]
    public void Hottest_AreThoseOfMostHeatInTheOrderOfAddresses()
    {
        (AddressRange, double)[] hot =
            [(new(0x1000, 0x2000), 5), (new(0x2000, 0x5000), 100), (new(0x5000, 0x6000), 7), (new(0x6000, 0x7000), 6), (new(0x9000, 0xa000), 8)];

        Assert.Equal("9000-a000", Text(HotMemory.Hottest(hot, s_program, 1)));
        Assert.Equal("5000-7000,9000-a000", Text(HotMemory.Hottest(hot, s_program, 3)));
    }

    /// <summary>One of five pages is data, and has a fifth of the heat.</summary>
    [Fact]
    public void Hottest_IsDataBesideCode_WithItsShareOfTheHeat()
    {
        (AddressRange, double)[] hot = [(new(0x2000, 0x7000), 100), (new(0x9000, 0xa000), 19)];

        Assert.Equal("6000-7000", Text(HotMemory.Hottest(hot, s_program, 1)));
        Assert.Equal("9000-a000", Text(HotMemory.Hottest([hot[0], (hot[1].Item1, 21)], s_program, 1)));
    }

    [Fact]
    public void Hottest_IsCode_WhereNothingElseIsHot() =>
        Assert.Equal("2000-4000", Text(HotMemory.Hottest([(new(0x2000, 0x3000), 1), (new(0x3000, 0x4000), 1)], s_program, 3)));

    private static string Text(IEnumerable<AddressRange> ranges) => string.Join(',', ranges.Select(static range => $"{range.Start:x}-{range.End:x}"));

    private static Mapping Map(ulong start, ulong end, string permissions, string name = "") => new(start, end, permissions, 0, 0, name);
}
