using System.Globalization;
using System.Text;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>Digits eight at a time are the digits one at a time.</summary>
public sealed class DecimalTests
{
    /// <summary>Around every power of ten and of two.</summary>
    public static IEnumerable<ulong> Numbers
    {
        get
        {
            for (ulong power = 1; power <= 10_000_000_000_000_000_000 / 10; power *= 10)
            {
                yield return power - 1;
                yield return power;
                yield return power + 1;
                yield return power * 9;
            }

            for (int bits = 0; bits < 64; bits++)
            {
                yield return (1UL << bits) - 1;
                yield return 1UL << bits;
            }

            yield return ulong.MaxValue;
            Random random = new(5);
            for (int i = 0; i < 10_000; i++)
            {
                yield return (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            }
        }
    }

    [Fact]
    public void Write_IsToString()
    {
        Span<byte> room = stackalloc byte[20 + DecimalText.Slack];
        foreach (ulong number in Numbers)
        {
            room.Fill((byte)'x');
            int length = DecimalText.Write(room, number);
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(room[..length]));
        }
    }

    [Fact]
    public void WritePadded_HasAllDigits()
    {
        Span<byte> room = stackalloc byte[DecimalText.Slack];
        for (int digits = 1; digits <= 8; digits++)
        {
            uint end = (uint)Math.Pow(10, digits);
            for (uint number = 0; number < end; number += Math.Max(1, end / 997))
            {
                DecimalText.WritePadded(room, number, digits);
                Assert.Equal(number.ToString($"D{digits}", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(room[..digits]));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("/")]
    [InlineData(":12345678")]
    [InlineData("\n       kdamond.0")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    public void TryDecimal_ReadsWhatToStringWrote(string behind)
    {
        foreach (ulong number in Numbers)
        {
            byte[] text = [.. Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)), .. Encoding.Latin1.GetBytes(behind)];
            int at = 0;
            Assert.True(ByteText.TryDecimal(text, ref at, ulong.MaxValue, out ulong read));
            Assert.Equal(number, read);
            Assert.Equal(text.Length - behind.Length, at);
        }
    }

    [Theory]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999")]
    [InlineData("100000000000000000000000000000000")]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("x1234567890")]
    public void TryDecimal_RefusesWhatIsNoneOrTooLarge(string text)
    {
        int at = 0;
        Assert.False(ByteText.TryDecimal(Encoding.ASCII.GetBytes(text + "                "), ref at, ulong.MaxValue, out _));
        Assert.Equal(0, at);
    }

    [Fact]
    public void TryDecimal_PassesOverZerosInFront()
    {
        int at = 0;
        Assert.True(ByteText.TryDecimal("000000000000000000000000000000018446744073709551615 "u8, ref at, ulong.MaxValue, out ulong read));
        Assert.Equal(ulong.MaxValue, read);
    }
}
