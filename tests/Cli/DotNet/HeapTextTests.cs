using Damon.Trace.Cli.DotNet;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Tests.DotNet;

public sealed class HeapTextTests
{
    [Fact]
    public void WhatIsWritten_IsReadAgain()
    {
        NamedRange[] ranges = [new(0x7f00_0000_0000, 0x7f00_0040_0000, "[dotnet gen2]"), new(0x7f00_0040_0000, 0x7fff_ffff_f000, "[dotnet loh]")];
        using var output = new StringWriter();
        HeapText.WriteEnd(output, TimeSpan.FromMilliseconds(3), complete: false);
        HeapText.WriteRanges(output, ranges);
        HeapText.WriteEnd(output, TimeSpan.FromMilliseconds(5), complete: true);
        HeapText.WriteEnd(output, TimeSpan.FromMilliseconds(6), complete: true);

        using var input = new StringReader(output.ToString());
        Assert.Equal((null, false, 3_000_000), Read(input));
        (NamedRange[]? read, bool complete, long cpuNs) = Read(input);
        Assert.Equal(ranges, read);
        Assert.Equal((true, 5_000_000), (complete, cpuNs));
        Assert.Equal((null, true, 6_000_000), Read(input));
        Assert.False(HeapText.TryRead(input, out _, out _, out _));
    }

    [Theory]
    [InlineData("1000 2000 [evil]\n= 5\n")]
    [InlineData("1000 2000 [dotnet gen2] \n= 5\n")]
    [InlineData("2000 1000 [dotnet gen2]\n= 5\n")]
    [InlineData("1000 3000 [dotnet gen2]\n2000 4000 [dotnet gen0]\n= 5\n")]
    [InlineData("1000 10000000000000000 [dotnet gen2]\n= 5\n")]
    [InlineData("1000\n= 5\n")]
    [InlineData("= \n")]
    [InlineData("= -5\n")]
    [InlineData("= 5")]
    [InlineData("\n")]
    [InlineData("")]
    public void TextOfAnotherKind_EndsTheReading(string text)
    {
        using var input = new StringReader(text);
        Assert.False(HeapText.TryRead(input, out _, out _, out _));
    }

    [Fact]
    public void ALineWithoutEnd_IsNotReadToItsEnd()
    {
        using var input = new StringReader(new string('1', 100_000));
        Assert.False(HeapText.TryRead(input, out _, out _, out _));
        Assert.True(input.ReadToEnd().Length > 99_000);
    }

    private static (NamedRange[]? Ranges, bool Complete, long CpuNs) Read(TextReader input)
    {
        Assert.True(HeapText.TryRead(input, out NamedRange[]? ranges, out bool complete, out long cpuNs));
        return (ranges, complete, cpuNs);
    }
}
