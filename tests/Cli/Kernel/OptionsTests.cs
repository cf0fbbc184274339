using Damon.Trace.Cli.Arguments;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Tests.Kernel;

/// <summary>--ops, --regions and --kernel together, before anything is looked at.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("physical memory is monitored by the kernel only", "record", "--ops", "paddr")]
    [InlineData("fvaddr needs the ranges", "record", "-p", "1", "--ops", "fvaddr")]
    [InlineData("has no meaning with vaddr", "record", "-p", "1", "--ops", "vaddr", "--regions", "0x0-0x1000")]
    [InlineData("there is no operations set 'guess'", "record", "-p", "1", "--ops", "guess")]
    [InlineData("only one of -p, --ops paddr and a command", "record", "--kernel", "-p", "1", "--ops", "paddr")]
    [InlineData("--check has no meaning with --kernel", "record", "--kernel", "-p", "1", "--check", "access-bits")]
    [InlineData("--ops has no meaning with --kernel, which only listens", "record", "--kernel", "--ops", "vaddr")]
    [InlineData("nothing to change", "tune")]
    public async Task Mistake_IsOneLineAndAHint(string message, params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        string[] lines = run.Error.TrimEnd().Split('\n');
        Assert.Contains(message, lines[0], StringComparison.Ordinal);
        Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0x1000-0x2000", 0x1000UL, 0x2000UL)]
    [InlineData("7f00-7f10", 0x7000UL, 0x8000UL)] // as /proc/PID/maps prints them
    [InlineData("1099511627776-1099511631872", 0x10000000000UL, 0x10000001000UL)] // 13 digits: decimal, as the events print them
    [InlineData("0x1001-0x1002", 0x1000UL, 0x2000UL)] // whole pages, as the kernel does
    public void Range_IsHexadecimalOrDecimal(string text, ulong start, ulong end)
    {
        Assert.True(AddressRanges.TryParse(text, out AddressRange[] ranges, out _));
        Assert.Equal(new AddressRange(start, end), Assert.Single(ranges));
    }

    [Fact]
    public void Ranges_AreSorted()
    {
        Assert.True(AddressRanges.TryParse("0x3000-0x4000,0x1000-0x2000", out AddressRange[] ranges, out _));
        Assert.Equal(2, ranges.Length);
        Assert.Equal(new AddressRange(0x1000, 0x2000), ranges[0]);
        Assert.Equal(new AddressRange(0x3000, 0x4000), ranges[1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4096")]
    [InlineData("8192-4096")]
    [InlineData("4096-4096")]
    [InlineData("4096-8192")] // hexadecimal or decimal: nobody can tell
    [InlineData("-1-5")]
    [InlineData("0x0-0xffffffffffffffff")]
    [InlineData("0x1000-0x2001,0x2000-0x3000")]
    public void Range_ThatIsNone_IsNamed(string text)
    {
        Assert.False(AddressRanges.TryParse(text, out _, out string problem));
        Assert.NotEmpty(problem);
    }
}
