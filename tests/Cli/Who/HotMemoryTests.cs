using Damon.Trace.Cli.Who;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>What of the hot memory is looked at.</summary>
public sealed class HotMemoryTests
{
    // As a loader maps a program: constants, code, constants, data; and code that is compiled at run time where it is written.
    private static readonly Mapping[] s_program =
    [
        Map(0x1000, 0x2000, "r--p"), Map(0x2000, 0x5000, "r-xp"), Map(0x5000, 0x6000, "r--p"), Map(0x6000, 0x8000, "rw-p"), Map(0x9000, 0xa000, "rwxp"),
    ];

    [Theory]
    [InlineData(0x6000, 0x8000, "6000-8000")]
    [InlineData(0x2000, 0x5000, "")]
    [InlineData(0x3000, 0x4000, "")]
    [InlineData(0x1000, 0x8000, "1000-2000,5000-8000")] // 4 of 7 pages
    [InlineData(0x4000, 0x7000, "5000-7000")]
    [InlineData(0x4000, 0x6000, "")]
    [InlineData(0x2000, 0x7000, "6000-7000")] // of five pages three are code, one constants
    [InlineData(0x2000, 0xa000, "5000-a000")] // 5 of 8 pages
    [InlineData(0x0000, 0x3000, "0-2000")]
    [InlineData(0x8000, 0xb000, "8000-b000")]
    public void WithoutCode_IsWhatIsNotExecutedOnly(ulong start, ulong end, string parts) =>
        Assert.Equal(parts, Text(HotMemory.WithoutCode(new AddressRange(start, end), s_program)));

    [Fact]
    public void Hottest_AreThoseOfMostHeatInTheOrderOfAddresses()
    {
        (AddressRange, double)[] hot =
            [(new(0x1000, 0x2000), 5), (new(0x2000, 0x5000), 100), (new(0x5000, 0x6000), 7), (new(0x6000, 0x7000), 6), (new(0x9000, 0xa000), 8)];

        Assert.Equal("9000-a000", Text(HotMemory.Hottest(hot, s_program, 1)));
        Assert.Equal("5000-7000,9000-a000", Text(HotMemory.Hottest(hot, s_program, 3)));
    }

    /// <summary>Four of five pages are code: a fifth of the heat is that of the data.</summary>
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

    private static Mapping Map(ulong start, ulong end, string permissions) => new(start, end, permissions, 0, 0, "");
}
