using System.CommandLine;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace help [COMMAND...]</c>: the same as --help.</summary>
internal static class HelpCommand
{
    internal static Command Create(RootCommand root)
    {
        var names = new Argument<string[]>("COMMAND") { Description = "Which command's. Default: all commands.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("help", "Show the help of a command.") { names };
        command.SetAction(parse =>
        {
            Command found = root;
            foreach (string name in parse.GetValue(names) ?? [])
            {
                found = found.Subcommands.FirstOrDefault(candidate => candidate.Name == name)
                    ?? throw new UserErrorException(
                        $"unknown command '{name}'", Suggestion.Of(name, found.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))
                            ?? "'damon-trace help' lists the commands", ExitCode.Usage);
            }

            HelpText.Write(found, parse.InvocationConfiguration.Output);
        });
        return command;
    }
}
