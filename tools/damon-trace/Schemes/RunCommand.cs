using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Schemes;

/// <summary><c>damon-trace run</c>: acts on what processes access.</summary>
internal static class RunCommand
{
    private static readonly Option<string> s_schemes = new("--schemes")
    {
        Description = "A file of schemes; 'damon-trace schemes check FILE' says what it will do.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly TargetOptions s_targets = new("Processes to act on.");

    private static readonly Option<bool> s_dryRun = new("--dry-run") { Description = "Only find out what would be done." };

    private static readonly Option<bool> s_yes = new("--yes")
    {
        Description = "Really page out. Without it a scheme that pages out makes it a dry run: a process waits for what it needs again.",
    };

    private static readonly Option<ulong?> s_duration = Duration.Option("--duration", "End after this time. Default: until Ctrl-C or the targets exit.");

    private static readonly Option<bool> s_kernel = new("--kernel")
    {
        Description = "Let the kernel's own DAMON apply them, where it may be driven: a kdamond is created, and removed at the end. Does what no "
            + "program may do to another, such as 'hugepage'; has no brake.",
    };

    private static readonly Option<double?> s_targetBudget = TargetBudgetOption.Create(
        "Share of its time that a process may lose to being looked at, which is dear on some virtual machines; the intervals stretch to fit. Default: 1%.");

    private static readonly Option<string> s_check = AccessCheckOption.Create();

    internal static Command Create()
    {
        var command = new Command("run", "Act on what processes access, by schemes: page out what is cold, make huge pages of what is hot.")
        {
            s_schemes, s_dryRun, s_yes, s_duration, s_check, s_targetBudget, s_kernel,
        };
        s_targets.AddTo(command);
        CommandHelp.Of(command)
            .WithUsage("--schemes FILE -p PID [OPTIONS]")
            .WithGroup(TargetOptions.Group, s_targets.All)
            .WithGroup("What is done", s_schemes, s_dryRun, s_yes, s_duration)
            .WithGroup("How it is known", s_check, s_targetBudget, s_kernel)
            .WithExample("sudo damon-trace run --schemes examples/schemes/prcl -p 99 --dry-run", "how much would be paged out")
            .WithExample("sudo damon-trace run --schemes examples/schemes/prcl -p 99 --yes", "one line a second of what was done; Ctrl-C ends");
        command.SetAction((parse, token) => SchemesRun.RunAsync(
            ToRequest(parse), parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, token));
        return command;
    }

    private static SchemesRunRequest ToRequest(ParseResult parse)
    {
        bool kernel = parse.GetValue(s_kernel);
        Option[] ofOurs = [s_check, s_targetBudget];
        if (kernel && Array.Find(ofOurs, option => parse.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UserErrorException($"{given.Name} has no meaning with --kernel, which looks itself", $"leave {given.Name} out", ExitCode.Usage);
        }

        return new SchemesRunRequest
        {
            Targets = s_targets.Of(parse) is { IsEmpty: false } targets
                ? targets : throw new UserErrorException("nothing to act on", "damon-trace run --schemes FILE -p PID", ExitCode.Usage),
            Path = parse.GetValue(s_schemes)!,
            DryRun = parse.GetValue(s_dryRun),
            Yes = parse.GetValue(s_yes),
            Duration = parse.GetValue(s_duration) is ulong us ? TimeSpan.FromMicroseconds(us) : null,
            AccessCheck = parse.GetValue(s_check)!,
            TargetBudget = parse.GetValue(s_targetBudget) ?? SchemesRun.TargetBudget,
            Kernel = kernel,
        };
    }
}
