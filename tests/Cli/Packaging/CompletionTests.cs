using System.CommandLine;
using Damon.Trace.Cli.Commands;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Tests.Packaging;

/// <summary>What bash and zsh offer behind a word.</summary>
public sealed class CompletionTests
{
    [Fact]
    public async Task Bash_OffersEveryCommandAndOption()
    {
        string script = (await CommandRun.RunAsync("completion", "bash")).Output;
        Command[] commands = [.. ManPageTests.All(CommandTree.Root)];
        using var folder = new TemporaryFolder();
        string asked = folder.File("completion");
        File.WriteAllText(asked, script + string.Concat(commands.Select(command =>
        {
            string[] words = HelpText.FullName(command).Split(' ');
            return $"COMP_WORDS=({string.Join(' ', words)} ''); COMP_CWORD={words.Length}; _damon_trace; echo \"${{COMPREPLY[*]}}\"\n";
        })));

        CommandRun run = Bash.Run("source \"$1\"", asked);

        Assert.Equal("", run.Error);
        string[] offers = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(commands.Length, offers.Length);
        foreach ((Command command, string offered) in commands.Zip(offers))
        {
            string[] words = offered.Split(' ');
            Assert.All(command.Options.Where(option => !option.Hidden), option => Assert.Contains(option.Name, words));
            Assert.All(command.Subcommands.Where(sub => !sub.Hidden), sub => Assert.Contains(sub.Name, words));
        }
    }

    [Theory]
    [InlineData("rec", "record")]
    [InlineData("report heat", "heatmap")]
    [InlineData("record --durat", "--duration")]
    [InlineData("completion zs", "")]
    public async Task Bash_CompletesABegunWord(string typed, string completed)
    {
        string script = (await CommandRun.RunAsync("completion", "bash")).Output;
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("completion"), script);
        string[] words = typed.Split(' ');

        CommandRun run = Bash.Run($"source \"$1\"; COMP_WORDS=(damon-trace {typed}); COMP_CWORD={words.Length}; _damon_trace; echo \"${{COMPREPLY[*]}}\"", folder.File("completion"));

        Assert.Equal("", run.Error);
        Assert.Equal(completed, run.Output.Trim());
    }

    [Fact]
    public async Task Zsh_DescribesEveryCommandAndOption()
    {
        string script = (await CommandRun.RunAsync("completion", "zsh")).Output;

        foreach (Command command in ManPageTests.All(CommandTree.Root))
        {
            Assert.All(command.Options.Where(option => !option.Hidden), option => Assert.Contains($"'{option.Name}:", script, StringComparison.Ordinal));
            Assert.All(command.Subcommands.Where(sub => !sub.Hidden), sub => Assert.Contains($"'{sub.Name}:", script, StringComparison.Ordinal));
        }

        Assert.SkipUnless(File.Exists("/usr/bin/zsh"), "zsh is not installed: whether it understands the script was not tried");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("_damon-trace"), script);
        CommandRun checkedByZsh = Bash.Run("zsh -n \"$1\"", folder.File("_damon-trace"));
        Assert.Equal((0, ""), (checkedByZsh.ExitCode, checkedByZsh.Error));
    }
}
