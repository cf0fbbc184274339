using System.CommandLine;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--target-budget PERCENT</c>: what targets may lose to being watched.</summary>
internal static class TargetBudgetOption
{
    /// <param name="description">What it bounds, and the default.</param>
    internal static Option<double?> Create(string description) => new("--target-budget")
    {
        Description = description,
        CustomParser = Percent.ParseShare,
        HelpName = "PERCENT",
    };

    /// <summary>Intervals that were given stay as they are, so they keep within no budget.</summary>
    /// <exception cref="UserErrorException">They were given, and a budget of the targets.</exception>
    internal static void RefuseWithGivenIntervals(double? targetBudget, double? cpuBudget)
    {
        if (targetBudget is not null && cpuBudget is null)
        {
            throw new UserErrorException(
                "--target-budget stretches the intervals, which are given", "leave the intervals out, or add --cpu-budget", ExitCode.Usage);
        }
    }
}
