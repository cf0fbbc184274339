using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Warm;

/// <summary><c>damon-trace warm</c>: loads the file pages of a working set into memory.</summary>
internal static class WarmCommand
{
    private static readonly Argument<string> s_file = new("FILE") { Description = "A working set, made by 'damon-trace snapshot -o FILE.workingset'." };

    private static readonly Option<ulong?> s_limit = ByteSize.Option("--limit", "Load no more than this, in the order of the file. Default: all.");

    private static readonly Option<bool> s_dryRun = new("--dry-run") { Description = "Load nothing: show what would be loaded and what is in memory." };

    private static readonly Option<bool> s_allowChanged = new("--allow-changed")
    {
        Description = "Load also files that were written to since, as those of a database are: the same places, cut off at the file's end.",
    };

    private static readonly Option<string> s_root = new("--root")
    {
        Description = "Where the paths begin, e.g. /proc/PID/root for a process in a container. Default: /.",
        DefaultValueFactory = _ => "/",
        HelpName = "DIR",
    };

    internal static Command Create()
    {
        var command = new Command("warm", "Load the file pages of a working set into memory, and prove that they are there.")
        {
            s_file, s_limit, s_dryRun, s_allowChanged, s_root,
        };
        CommandHelp.Of(command)
            .WithExample("damon-trace warm app.workingset", "before the application starts")
            .WithExample("damon-trace warm app.workingset --dry-run", "how much of it is in memory")
            .WithExample("damon-trace warm db.workingset --allow-changed --limit 4G", "files of a database, 4 GiB at most");
        command.SetAction((parse, token) => Task.FromResult(WarmRun.Run(
            new WarmRequest
            {
                Path = parse.GetValue(s_file)!,
                LimitBytes = parse.GetValue(s_limit),
                DryRun = parse.GetValue(s_dryRun),
                AllowChanged = parse.GetValue(s_allowChanged),
                Root = parse.GetValue(s_root)!,
            },
            parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, token)));
        return command;
    }
}
