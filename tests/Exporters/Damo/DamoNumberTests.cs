using System.Text;
using Damon.Trace.Exporters.Damo;

namespace Damon.Trace.Exporters.Tests.Damo;

public sealed class DamoNumberTests
{
    [Theory]
    [InlineData("0", nameof(DamoUnit.None), "0")]
    [InlineData("18,446,744,073,709,551,615", nameof(DamoUnit.None), "18446744073709551615")]
    [InlineData("max", nameof(DamoUnit.Bytes), "18446744073709551615")]
    [InlineData("-1", nameof(DamoUnit.None), "-1")]
    [InlineData("4.000 KiB", nameof(DamoUnit.Bytes), "4096.000")]
    [InlineData("4K", nameof(DamoUnit.Bytes), "4096")]
    [InlineData("2 MB", nameof(DamoUnit.Bytes), "2097152")]
    [InlineData("1 EiB", nameof(DamoUnit.Bytes), "1152921504606846976")]
    [InlineData("13 m 20 s 21 ms", nameof(DamoUnit.Nanoseconds), "800021000000")]
    [InlineData("1 d 1 h 1 m 1 s 1 ms 1 us 1 ns", nameof(DamoUnit.Nanoseconds), "90061001001001")]
    [InlineData("5 ms", nameof(DamoUnit.Microseconds), "5000")]
    [InlineData("1.500 us", nameof(DamoUnit.Microseconds), "1.500")]
    [InlineData("12.5 %", nameof(DamoUnit.Percent), "12.5")]
    public void Numbers_AreReadExactly(string text, string unit, string expected)
    {
        Assert.True(DamoNumber.TryParse(Encoding.ASCII.GetBytes(text), Enum.Parse<DamoUnit>(unit), out decimal value));
        Assert.Equal(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("", nameof(DamoUnit.None))]
    [InlineData("-", nameof(DamoUnit.None))]
    [InlineData("x", nameof(DamoUnit.None))]
    [InlineData("1 B", nameof(DamoUnit.None))]
    [InlineData("1 s", nameof(DamoUnit.Bytes))]
    [InlineData("1 QiB", nameof(DamoUnit.Bytes))]
    [InlineData("1 kiBs", nameof(DamoUnit.Bytes))]
    [InlineData("20 EiB", nameof(DamoUnit.Bytes))]
    [InlineData("5 minutes", nameof(DamoUnit.Nanoseconds))]
    [InlineData("99999999999999999999999999999999999999", nameof(DamoUnit.None))]
    [InlineData("18446744073709551615 d", nameof(DamoUnit.Nanoseconds))]
    [InlineData("1.2.3", nameof(DamoUnit.None))]
    public void Everything_ElseIsNot(string text, string unit) =>
        Assert.False(DamoNumber.TryParse(Encoding.ASCII.GetBytes(text), Enum.Parse<DamoUnit>(unit), out _));
}
