using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Cli.Schemes;

/// <summary>One run of <c>run</c>.</summary>
internal static class SchemesRun
{
    /// <summary>What looking at memory may cost it: acting on it must not be dearer than leaving it alone.</summary>
    internal const double TargetBudget = 0.01;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    internal static async Task<int> RunAsync(SchemesRunRequest request, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        IReadOnlyList<Scheme> schemes = SchemesInput.Read(request.Path);
        bool dryRun = IsDryRun(request, schemes, error);
        if (request.Kernel)
        {
            return await KernelSchemesRun.RunAsync(request, schemes, dryRun, output, error, interrupted);
        }

        ProcessNamespace.Check();
        AccessCheckOption.Require(request.AccessCheck);

        using MemoryMonitor monitor = MemoryMonitor.Attach(request.Targets, new MonitorOptions
        {
            AccessCheck = request.AccessCheck,
            SchemesDryRun = dryRun,
            TargetBudget = request.TargetBudget,
        });
        List<AppliedScheme> applied = Apply(monitor, schemes);
        TargetChanges? changes = monitor.Selection is null ? null : TargetChanges.Of(monitor, error, dryRun ? "looked at" : "acted on");
        using IDisposable ending = Interruption.EndsItself();
        monitor.Start();
        await error.WriteLineAsync($"damon-trace: {(dryRun ? "looking at" : "acting on")} {TargetSet.Describe(monitor)}; Ctrl-C ends");
        var table = new SchemesTable(applied, output);
        await EachSecondAsync(table.WriteSecond, () => !monitor.Finished.IsCompleted, request.Duration, interrupted);
        monitor.Stop();
        await monitor.Finished;
        table.WriteSecond();
        changes?.SayRest();
        return Conclude(applied, dryRun, error);
    }

    /// <summary>Paging out is felt by a process that did not ask for it.</summary>
    private static bool IsDryRun(SchemesRunRequest request, IReadOnlyList<Scheme> schemes, TextWriter error)
    {
        if (request is { DryRun: true, Yes: true })
        {
            throw new UserErrorException("--dry-run and --yes contradict each other", "leave one of them out", ExitCode.Usage);
        }

        bool asks = !request.Yes && !request.DryRun && schemes.Any(static scheme => scheme.Action == SchemeAction.PageOut);
        if (asks)
        {
            error.WriteLine("damon-trace: a dry run, nothing is paged out");
            error.WriteLine("hint: add --yes to page out");
        }

        return asks || request.DryRun;
    }

    /// <summary>Lets schemes act, from the first aggregation on.</summary>
    /// <exception cref="UserErrorException">They cannot be applied here.</exception>
    internal static List<AppliedScheme> Apply(MemoryMonitor monitor, IReadOnlyList<Scheme> schemes)
    {
        if (monitor.AccessCheck.Kind.Granularity == AccessGranularity.Mapping)
        {
            throw new UserErrorException(
                $"only whole mappings can be seen here, too little to act on: {monitor.AccessCheck.Refusals}", "run as root; 'damon-trace doctor' says more",
                ExitCode.NoAccessCheck);
        }

        try
        {
            return [.. schemes.Select(scheme => monitor.Apply(scheme))];
        }
        catch (SchemeException refused)
        {
            throw new UserErrorException(refused.Message, refused.Hint, ExitCode.NoAccessCheck);
        }
    }

    /// <summary>Does something each second, until the time is over, or the user has seen enough, or it goes on no longer.</summary>
    internal static async Task EachSecondAsync(Action act, Func<bool> goesOn, TimeSpan? duration, CancellationToken interrupted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        if (duration is { } time)
        {
            end.CancelAfter(LongDelayOf(time));
        }

        using var timer = new PeriodicTimer(s_second);
        try
        {
            while (goesOn() && await timer.WaitForNextTickAsync(end.Token))
            {
                act();
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over, or the user has seen enough.
        }
    }

    /// <summary>A timer takes no more than 49 days; nobody waits longer.</summary>
    private static TimeSpan LongDelayOf(TimeSpan time) => time > TimeSpan.FromDays(49) ? TimeSpan.FromDays(49) : time;

    private static int Conclude(List<AppliedScheme> applied, bool dryRun, TextWriter error)
    {
        foreach (AppliedScheme scheme in applied)
        {
            error.WriteLine($"damon-trace: {SchemesTable.Total(scheme, dryRun)}");
        }

        if (applied.Find(static scheme => scheme.Activity.Problem is not null) is { } failed)
        {
            string others = failed.Activity.NrRefusingTargets > 1 ? $" (and {failed.Activity.NrRefusingTargets - 1} more)" : "";
            error.WriteLine($"damon-trace: {failed.Scheme.Title}: {failed.Activity.Problem}{others}");
            error.WriteLine("hint: run as root");
            if (applied.TrueForAll(static scheme => scheme.Activity.AppliedBytes == 0))
            {
                return ExitCode.NoAccessCheck;
            }
        }

        if (applied.TrueForAll(static scheme => scheme.Activity.Counters.NrTried == 0))
        {
            error.WriteLine("damon-trace: no memory matched");
            error.WriteLine("hint: run for longer than the ages of the schemes; 'damon-trace report' of a recording shows what there is");
            return ExitCode.TargetGone;
        }

        return ExitCode.Ok;
    }
}
