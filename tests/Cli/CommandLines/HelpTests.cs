using System.CommandLine;
using Damon.Trace.Cli.Commands;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Tests.CommandLines;

/// <summary>Help that fits the terminal and shows how it is done.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Commands => [.. Names("", CommandTree.Root)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_Has80ColumnsEveryOptionAndAnExample(string name)
    {
        CommandRun run = await CommandRun.RunAsync([.. name.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Command command = name.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate((Command)CommandTree.Root, (parent, part) => parent.Subcommands.Single(sub => sub.Name == part));
        Assert.All(command.Options.Where(option => !option.Hidden && option.Name != "--help"), option =>
            Assert.Contains($"{option.Name}", run.Output, StringComparison.Ordinal));
        Assert.Contains(name is "help" or "version" ? "Usage: damon-trace" : "Examples:", run.Output, StringComparison.Ordinal);
    }

    /// <summary>Whoever leaves an option out must know what happens then; these have no default, or are what the command is about.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_SaysTheDefaultOfEveryValue(string name)
    {
        Command command = name.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate((Command)CommandTree.Root, (parent, part) => parent.Subcommands.Single(sub => sub.Name == part));
        Assert.All(
            command.Options.Where(option => option is { Hidden: false, Required: false, HelpName: not null } && option.Name is not ("--pid" or "--attach")),
            option => Assert.Contains("Default", option.Description, StringComparison.Ordinal));
    }

    /// <summary>What most need comes first: whom, where to, how long, at what cost, and by which check.</summary>
    [Fact]
    public async Task RecordHelp_BeginsWithWhatIsMostUsed()
    {
        string help = (await CommandRun.RunAsync("record", "--help")).Output;
        string[] names = ["--pid", "--output", "--duration", "--cpu-budget", "--check"];
        int[] at = [.. names.Select(name => help.IndexOf($"{name} ", StringComparison.Ordinal))];

        Assert.Equal(at.Order(), at);
        Assert.True(at[^1] < help.IndexOf("How closely:", StringComparison.Ordinal), help);
        Assert.Contains("a bare number is seconds", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("did you mean 'record'?", "recrod")]
    [InlineData("did you mean 'summary'?", "report", "sumary")]
    [InlineData("did you mean 'heatmap'?", "report", "heat")]
    [InlineData("did you mean '--duration'?", "record", "--durration", "5s", "-p", "1")]
    [InlineData("did you mean '--duration'?", "record", "-p", "1", "--durration", "5s")]
    [InlineData("did you mean 'doctor'?", "help", "docter")]
    [InlineData("record -p 4711", "record", "4711")]
    public async Task Typo_GetsASuggestion(string hint, params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);

        run.AssertMistake(ExitCode.Usage, "");
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
    }

    /// <summary>Insertion, deletion, replacement, a swap of neighbours: one each.</summary>
    [Theory]
    [InlineData("record", "record", 0)]
    [InlineData("recrod", "record", 1)]
    [InlineData("recordd", "record", 1)]
    [InlineData("recod", "record", 1)]
    [InlineData("rekord", "record", 1)]
    [InlineData("", "live", 4)]
    public void Distance_CountsTypos(string a, string b, int expected) => Assert.Equal(expected, Suggestion.Distance(a, b));

    [Fact]
    public async Task HelpCommand_IsTheSameAsTheOption() => Assert.Equal(
        (await CommandRun.RunAsync("record", "--help")).Output, (await CommandRun.RunAsync("help", "record")).Output);

    [Fact]
    public void Version_IsKnownAsACommand() => Assert.Equal(ToolProcess.Run("--version"), ToolProcess.Run("version"));

    [Fact]
    public async Task NothingAtAll_ShowsTheCommands()
    {
        CommandRun run = await CommandRun.RunAsync();

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("Commands:", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void Doctor_Fits80Columns()
    {
        CommandRun run = ToolProcess.Run("doctor");

        // A name or path that is longer than a line stays in one piece.
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 80 || !line.TrimStart().Contains(' ', StringComparison.Ordinal), line));
    }

    private static IEnumerable<string> Names(string prefix, Command command)
    {
        yield return prefix;
        foreach (Command sub in command.Subcommands.Where(sub => !sub.Hidden))
        {
            foreach (string name in Names($"{prefix} {sub.Name}".TrimStart(), sub))
            {
                yield return name;
            }
        }
    }
}
