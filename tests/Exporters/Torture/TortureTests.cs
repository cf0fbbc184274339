using System.Text;

namespace Damon.Trace.Exporters.Tests.Torture;

public sealed class TortureTests
{
    private const string Begin = "<!-- table: written by TortureTests -->\n";
    private const string End = "<!-- end of table -->\n";

    public static TheoryData<string> Names => [.. TortureCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_IsReadRightlyOrRefused(string name)
    {
        TortureCase torture = TortureCases.All.Single(c => c.Name == name);
        if (Environment.GetEnvironmentVariable("DAMON_TRACE_TORTURE_DIR") is { } folder)
        {
            // For other readers to be tried on the same texts.
            File.WriteAllBytes(Path.Combine(folder, name + ".txt"), torture.Text);
        }

        (List<string> snapshots, string verdict) = torture.Run();
        Assert.Equal(torture.Verdict, verdict);
        Assert.Equal(torture.Expected, snapshots);
    }

    [Fact]
    public void Table_InTheDocumentationIsWhatTheReaderDoes()
    {
        StringBuilder table = new("| text | what | damon-trace | damo 3.3.0 |\n|---|---|---|---|\n");
        foreach (TortureCase torture in TortureCases.All)
        {
            table.Append($"| {torture.Name} | {torture.What} | {torture.Run().Verdict} | {torture.Damo} |\n");
        }

        string path = Path.Combine(Root(), "docs", "formats", "torture.md");
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Assert.NotEqual("true", Environment.GetEnvironmentVariable("CI"));
            File.WriteAllText(path, page[..begin] + table + page[end..]);
            return;
        }

        Assert.Equal(table.ToString(), page[begin..end]);
    }

    private static string Root()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Damon.Trace.sln")))
            {
                return d.FullName;
            }
        }

        throw new InvalidOperationException("Damon.Trace.sln not found above " + AppContext.BaseDirectory);
    }
}
