using System.Globalization;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Events;
using Damon.Trace.Reports;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Schemes;

/// <summary>One run of <c>run --kernel</c>: the kernel's DAMON applies the schemes, and its counters say what it did.</summary>
internal static class KernelSchemesRun
{
    internal static async Task<int> RunAsync(
        SchemesRunRequest request, IReadOnlyList<Scheme> schemes, bool dryRun, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        ProcessNamespace.Check();
        var damon = new KernelDamon();
        damon.ThrowIfRefused();
        List<TargetProcess> targets = [];
        try
        {
            // Held open, so that no pid comes to mean another process before the kernel has looked it up.
            targets.AddRange(TargetSet.OfNow(request.Targets).Select(TargetProcess.Open));
            int[] pids = [.. targets.Select(static target => target.Pid)];
            var context = new KernelContext(KernelContext.Vaddr, new DamonAttributes(), pids, []) { Schemes = schemes, SchemesDryRun = dryRun };
            using IDisposable ending = Interruption.EndsItself();
            using DrivenKdamond kdamond = damon.Start(context);
            error.WriteLine($"damon-trace: the kernel's DAMON {(dryRun ? "looks at" : "acts on")} {TargetSet.Names(targets)}; Ctrl-C ends");
            var table = new Table(schemes, output);
            await SchemesRun.EachSecondAsync(() => table.Write(kdamond.ReadStatistics()), () => kdamond.IsRunning, request.Duration, interrupted);
            table.Write(kdamond.ReadStatistics());
            return kdamond.Stop() is { } problem
                ? throw new KernelDamonException(problem, "see /sys/kernel/mm/damon/admin/kdamonds")
                : Conclude(table, schemes, dryRun, error);
        }
        finally
        {
            targets.ForEach(static target => target.Dispose());
        }
    }

    private static int Conclude(Table table, IReadOnlyList<Scheme> schemes, bool dryRun, TextWriter error)
    {
        for (int i = 0; i < schemes.Count; i++)
        {
            DamosStatistics all = table.Latest[i];
            string done = dryRun ? "" : $", acted on {Size(all.SzApplied)} in {Number(all.NrApplied)}";
            string quota = schemes[i].Quota.IsSet ? $"; its quota was used up in {Number(all.QtExceeds)} intervals" : "";
            error.WriteLine($"damon-trace: {schemes[i].Title}: tried on {Size(all.SzTried)} in {Number(all.NrTried)} regions{done}{quota}");
        }

        if (Array.Exists(table.Latest, static scheme => scheme.NrTried > 0))
        {
            return ExitCode.Ok;
        }

        error.WriteLine("damon-trace: no memory matched");
        error.WriteLine("hint: run for longer than the ages of the schemes");
        return ExitCode.TargetGone;
    }

    /// <summary>What a kernel does not count it does not say.</summary>
    private static string Size(ulong bytes) => bytes switch
    {
        DamosStatistics.Unknown => "?",
        0 => "0",
        _ => ReportText.ShortSize(bytes),
    };

    private static string Number(ulong number) => number == DamosStatistics.Unknown ? "?" : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A line for each scheme and second, of what was done since the line before.</summary>
    private sealed class Table(IReadOnlyList<Scheme> schemes, TextWriter output)
    {
        private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
        private bool _hasHeading;

        internal DamosStatistics[] Latest { get; } = new DamosStatistics[schemes.Count];

        /// <summary>None when the kdamond ends right now: then there is nothing to say.</summary>
        internal void Write(IReadOnlyList<DamosStatistics> now)
        {
            if (!_hasHeading)
            {
                _hasHeading = true;
                output.WriteLine("  time scheme        tried on  regions    acted on  regions");
            }

            for (int i = 0; i < Math.Min(now.Count, schemes.Count); i++)
            {
                DamosStatistics before = Latest[i];
                Latest[i] = now[i];
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{_clock.Elapsed.TotalSeconds,5:F0}s {ReportText.ShortName(schemes[i].Title, 10),-10} {Size(Less(now[i].SzTried, before.SzTried)),11} {Number(Less(now[i].NrTried, before.NrTried)),8} {Size(Less(now[i].SzApplied, before.SzApplied)),11} {Number(Less(now[i].NrApplied, before.NrApplied)),8}"));
            }

            output.Flush();
        }

        private static ulong Less(ulong now, ulong before) => now == DamosStatistics.Unknown ? now : now - Math.Min(now, before);
    }
}
