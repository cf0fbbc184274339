using System.CommandLine;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Arguments;

/// <summary>The options that name processes, the same for every command that looks at some.</summary>
/// <param name="pids">What <c>-p</c> is for, in a sentence.</param>
/// <param name="isOne">The command looks at one process, once: those that come later, or come from it, do not matter.</param>
internal sealed class TargetOptions(string pids, bool isOne = false)
{
    internal const string Group = "Which processes";

    private readonly Option<int[]> _pids = ProcessIds.Option(pids, isOne);

    private readonly Option<string[]> _names = List(
        "--name", isOne ? "The process of this name, as ps -o comm shows it. Default: none."
            : "Processes of this name, as ps -o comm shows it; also those that start later. Default: none.", "NAME", "-n", "--comm");

    private readonly Option<string[]> _groups = List(
        "--cgroup", isOne ? "The process of this control group (v2): a service, a container. Default: none."
            : "All processes of this control group (v2) and those below it, as they join and leave: a service, a container. Default: none.", "PATH");

    private readonly Option<string[]> _units = List(
        "--unit", isOne ? "The process of this systemd unit; without a suffix a service. Default: none."
            : "All processes of this systemd unit; without a suffix a service. Default: none.", "NAME");

    private readonly Option<string[]> _users = List(
        "--user", isOne ? "The process of this user, by name or number. Default: none." : "All processes of this user, by name or number. Default: none.", "NAME");

    private readonly Option<string[]> _pidFiles = List(
        "--pid-file", isOne ? "The process whose id is in this file. Default: none."
            : "The processes whose ids are in this file, which is read again each second. Default: none.", "FILE");

    private readonly Option<bool> _children = new("--children")
    {
        Description = "All their descendants as well, including those forked later.",
    };

    private readonly Option<bool> _followRestarts = new("--follow-restarts")
    {
        Description = "Keep recording when no process is left, and take what replaces it: for -p PID a newer process of the same program with "
            + "the same arguments.",
    };

    internal Option<int[]> Pids => _pids;

    /// <summary>In the order of the help.</summary>
    internal Option[] All => isOne
        ? [_pids, _names, _groups, _units, _users, _pidFiles]
        : [_pids, _names, _groups, _units, _users, _pidFiles, _children, _followRestarts];

    internal void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>What was named; <see cref="TargetSelection.IsEmpty"/> when nothing was.</summary>
    internal TargetSelection Of(ParseResult parse) => new()
    {
        Pids = parse.GetValue(_pids) ?? [],
        Names = parse.GetValue(_names) ?? [],
        ControlGroups = parse.GetValue(_groups) ?? [],
        Units = parse.GetValue(_units) ?? [],
        Users = parse.GetValue(_users) ?? [],
        PidFiles = parse.GetValue(_pidFiles) ?? [],
        Children = !isOne && parse.GetValue(_children),
        FollowRestarts = !isOne && parse.GetValue(_followRestarts),
    };

    private static Option<string[]> List(string name, string description, string help, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help };
}
