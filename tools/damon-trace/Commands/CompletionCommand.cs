using System.CommandLine;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace completion bash|zsh</c>: what makes a shell complete our commands and options.</summary>
internal static class CompletionCommand
{
    internal static Command Create(RootCommand root)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Print what makes a shell complete commands and options.") { shell };
        CommandHelp.Of(command)
            .WithExample("source <(damon-trace completion bash)", "in ~/.bashrc")
            .WithExample("damon-trace completion zsh > ~/.zfunc/_damon-trace", "in a folder of zsh's $fpath");
        command.SetAction(parse =>
        {
            Action<Command, TextWriter> write = parse.GetValue(shell) == "zsh" ? Completion.WriteZsh : Completion.WriteBash;
            write(root, parse.InvocationConfiguration.Output);
        });
        return command;
    }
}
