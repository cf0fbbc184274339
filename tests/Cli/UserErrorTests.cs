namespace Damon.Trace.Cli.Tests;

/// <summary>A mistake is one line that says what is wrong, a hint where one helps, and no stack trace.</summary>
public sealed class UserErrorTests
{
    [Theory]
    [InlineData(ExitCode.Usage, "nothing to record", "record")]
    [InlineData(ExitCode.Usage, "unknown option '--durration'", "record", "-p", "1", "--durration", "5s")]
    [InlineData(ExitCode.Usage, "unknown option '--formatt'", "export", "--formatt", "txt")]
    [InlineData(ExitCode.Usage, "option '-p' needs a value", "record", "-p", "--duration", "1s")]
    [InlineData(ExitCode.Usage, "a sampling interval of 0", "record", "-p", "1", "--sample", "0")]
    [InlineData(ExitCode.Usage, "unknown command or option 'recrod'", "recrod", "-p", "1")]
    [InlineData(ExitCode.Usage, "option '--output' is required", "export")]
    [InlineData(ExitCode.Usage, "'5x' is not a duration", "record", "-p", "1", "--sample", "5x")]
    [InlineData(ExitCode.TargetGone, "999999999", "record", "-p", "999999999", "-o", "-")]
    [InlineData(ExitCode.Usage, "cannot tell the format of 'a.xyz'", "record", "-p", "1", "-o", "a.xyz")]
    [InlineData(ExitCode.Usage, "is given twice", "record", "-p", "1", "-o", "a.txt", "-o", "a.txt")]
    [InlineData(ExitCode.Usage, "there is no access check 'guess'", "record", "-p", "$SELF", "--check", "guess", "-o", "-")]
    [InlineData(ExitCode.Usage, "cannot start 'no-such-program'", "record", "-o", "-", "--", "no-such-program")]
    [InlineData(ExitCode.Usage, "min", "record", "-p", "1", "--min-regions", "2", "-o", "-")]
    public async Task Mistake_IsOneLineAndAHint(int exitCode, string message, params string[] arguments)
    {
        string self = $"{Environment.ProcessId}";
        CommandRun run = await CommandRun.RunAsync([.. arguments.Select(argument => argument == "$SELF" ? self : argument)]);

        Assert.Equal(exitCode, run.ExitCode);
        string[] lines = run.Error.TrimEnd().Split('\n');
        Assert.Contains(message, lines[0], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_OfAMissingFileSaysSo()
    {
        CommandRun run = await CommandRun.RunAsync("script", "-i", "/nowhere/a.nettrace");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("/nowhere/a.nettrace", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_OfAForeignFileSaysWhereAndWhat()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        await File.WriteAllBytesAsync(path, [0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0, 0, 0]);

        CommandRun run = await CommandRun.RunAsync("script", "-i", path);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("offset 0", run.Error, StringComparison.Ordinal);
        Assert.Contains("expected", run.Error, StringComparison.Ordinal);
        Assert.Contains("found 7F454C46", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_OfBrokenTextNamesTheLine()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.txt");
        await File.WriteAllTextAsync(
            path,
            """
                   kdamond.0      77 [000]   779.540937: damon:damon_aggregated: target_id=0 nr_regions=2 4096-8192: 0 11
                   kdamond.0      77 [000]   779.540937: damon:damon_aggregated: target_id=0 nr_regions=2 8192-x: 0 11

            """);

        CommandRun run = await CommandRun.RunAsync("export", "-i", path, "-o", folder.File("b.txt"));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("line 2", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("b.txt")), "a half file stands under the final name");
    }
}
