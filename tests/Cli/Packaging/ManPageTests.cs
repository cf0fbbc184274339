using System.CommandLine;
using Damon.Trace.Cli.Commands;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Tests.Packaging;

/// <summary>A manual page for every command, with everything that can be given to it.</summary>
public sealed class ManPageTests
{
    [Fact]
    public async Task EveryCommand_HasAPageWithEveryOption()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await CommandRun.RunAsync("man-pages", folder.Path);
        Assert.Equal(ExitCode.Ok, run.ExitCode);

        Command[] commands = [.. All(CommandTree.Root)];
        Assert.Equal(
            commands.Select(command => HelpText.FullName(command).Replace(' ', '-') + ".1").Order(StringComparer.Ordinal),
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (Command command in commands)
        {
            string page = File.ReadAllText(folder.File(HelpText.FullName(command).Replace(' ', '-') + ".1")).Replace("\\-", "-", StringComparison.Ordinal);
            Assert.All(command.Options.Where(option => !option.Hidden), option => Assert.Contains(option.Name, page, StringComparison.Ordinal));
            Assert.All(command.Subcommands.Where(sub => !sub.Hidden), sub => Assert.Contains($"-{sub.Name}", page, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task TheFormatter_HasNothingToComplainOf()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/groff"), "groff is not installed");
        using var folder = new TemporaryFolder();
        await CommandRun.RunAsync("man-pages", folder.Path);

        CommandRun formatted = Bash.Run("export LC_ALL=C.UTF-8; cd \"$1\"; groff -man -Tutf8 -ww *.1 > all.txt; grep -c 'User Commands' all.txt", folder.Path);

        Assert.Equal("", formatted.Error);
        Assert.True(int.Parse(formatted.Output, System.Globalization.CultureInfo.InvariantCulture) >= All(CommandTree.Root).Count());
    }

    internal static IEnumerable<Command> All(Command command) => command.Subcommands.Where(sub => !sub.Hidden).SelectMany(All).Prepend(command);
}
