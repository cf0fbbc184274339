namespace Damon.Trace.Cli.Tests.DataSet;

/// <summary>Mistakes with the options of a data set.</summary>
public sealed class PartitionOptionTests
{
    [Theory]
    [InlineData("cannot partition by 'pid'", "-o", "d", "--partition", "pid")]
    [InlineData("a partitioned data set is Parquet, not 'txt'", "-o", "d", "--partition", "host,date", "--format", "txt")]
    [InlineData("a data set is a folder and cannot go to stdout", "-o", "-", "--partition", "host,date")]
    [InlineData("'a/b' cannot be a partition", "-o", "d", "--partition", "host,date", "--host", "a/b")]
    [InlineData("--host has no meaning without --partition", "-o", "d.parquet", "--host", "a")]
    public async Task Mistake_IsOneLineAndAHint(string message, params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(["export", "-i", "nowhere.nettrace", .. arguments]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        string[] lines = run.Error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains(message, lines[0], StringComparison.Ordinal);
        Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
    }
}
