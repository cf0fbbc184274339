using System.Text.Json;
using Damon.Trace.Cli.Names;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Reports;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>
/// A snapshot of several processes as one service: each for itself, and the total with every page once, however many of them map it. Their
/// windows begin with their sweeps, which follow each other at once.
/// </summary>
internal static class ServiceSnapshot
{
    /// <exception cref="UserErrorException">Pages cannot be looked at here, or what was asked for needs one process.</exception>
    /// <exception cref="TargetUnavailableException">A process that was named is not there or not ours to watch, or none is left.</exception>
    /// <exception cref="OutputException">The file cannot be written.</exception>
    internal static void Run(
        SnapshotRequest request, IReadOnlyList<int> pids, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        CheckAskedFor(request);
        List<TargetProcess> processes = TargetSet.OpenAllowed(pids, request.Targets.Pids, error);
        try
        {
            using PageTableReader reader = ExactReader.Open(processes);
            using OutputFile? file = request.Output is { } wanted ? OutputFile.Create(wanted.Path) : null;
            ServiceResult result = Take(reader, processes, request, error, cancellation);
            if (request.Json || request.Output is null)
            {
                Write(result, request.Json ? SnapshotFormat.Json : SnapshotFormat.Text, request.Count, output);
            }

            if (file is not null)
            {
                using (var text = new StreamWriter(file.Stream, new System.Text.UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
                {
                    Write(result, request.Output!.Format, request.Count, text);
                }

                file.Complete();
            }
        }
        finally
        {
            processes.ForEach(static process => process.Dispose());
        }
    }

    /// <summary>After all pages were read: who is asked touches some.</summary>
    private static void AddLabels(
        List<(TargetProcess Process, ExactScan Scan)> scans, SharedPages shared, SnapshotRequest request, TextWriter error)
    {
        IReadOnlyList<INameSource> sources = NameKinds.Sources(request.Names, saysFile: true);
        foreach (INameSource source in sources)
        {
            if (!scans.Exists(one => source.Knows(one.Scan.Mappings)))
            {
                throw new UserErrorException($"none of the processes has {source.Kind} names", "leave --names out, or name others", ExitCode.TargetGone);
            }
        }

        Each(scans, error, one => shared.AddLabels(one.Process, LabelledMemory.Ranges(
            one.Process, one.Scan.Mappings, sources, [.. sources.Where(source => source.Knows(one.Scan.Mappings))], isNeeded: false)));
    }

    private static void CheckAskedFor(SnapshotRequest request)
    {
        string? what = request.Range is not null ? "--address-range"
            : request.Output?.Format == SnapshotFormat.WorkingSet ? "a .workingset"
            : request.Windows.Count > 1 ? "several windows"
            : request.Names.Contains(NameKinds.Types) ? $"--names {NameKinds.Types}"
            : null;
        if (what is not null)
        {
            throw new UserErrorException($"{what} is of one process, and several match", "name one with -p PID", ExitCode.Usage);
        }
    }

    private static ServiceResult Take(
        PageTableReader reader, List<TargetProcess> processes, SnapshotRequest request, TextWriter error, CancellationToken cancellation)
    {
        var scans = processes.Select(process => (Process: process, Scan: new ExactScan(reader, process))).ToList();
        try
        {
            long beganNs = Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID);
            Each(scans, error, static one => one.Scan.Sweep());
            long cpuNs = Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID) - beganNs;
            scans[^1].Scan.WaitFor(request.Windows[^1], cancellation);
            beganNs = Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID);
            var shared = new SharedPages();
            var found = new List<(TargetProcess Process, ExactPages Pages, IReadOnlyList<ExactMapping> Mappings, long SweepNs)>();
            Each(scans, error, one =>
            {
                ExactPages pages = one.Scan.Read(MappingSelection.OfService(one.Scan, request));
                found.Add((one.Process, pages, pages.ByMapping(one.Scan.Mappings), one.Scan.SweepCostNs));
                shared.Add(one.Process, pages);
            });
            cpuNs += Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID) - beganNs;
            AddLabels(scans, shared, request, error);
            List<SnapshotResult> results =
                [.. found.Select(one => SnapshotResults.Of(one.Process, [one.Pages], one.Mappings, one.SweepNs, cpuNs / found.Count))];
            return ServiceResult.Of(request.Targets.ToString(), results, shared);
        }
        finally
        {
            scans.ForEach(static one => one.Scan.Dispose());
        }
    }

    /// <summary>One that exits meanwhile belongs to the service no longer.</summary>
    private static void Each(
        List<(TargetProcess Process, ExactScan Scan)> scans, TextWriter error, Action<(TargetProcess Process, ExactScan Scan)> act)
    {
        for (int i = 0; i < scans.Count; i++)
        {
            try
            {
                act(scans[i]);
            }
            catch (TargetUnavailableException) when (scans[i].Process.HasExited && scans.Count > 1)
            {
                error.WriteLine($"damon-trace: {scans[i].Process.Comm} ({scans[i].Process.Pid}) has exited and is left out");
                scans[i].Scan.Dispose();
                scans.RemoveAt(i--);
            }
        }
    }

    private static void Write(ServiceResult result, SnapshotFormat format, int count, TextWriter writer)
    {
        if (format == SnapshotFormat.Json)
        {
            writer.WriteLine(JsonSerializer.Serialize(result, ProgramJson.Readable.ServiceResult));
            return;
        }

        var output = new FoldedText(writer, new ReportSelection().TextColumns);
        output.WriteLine($"{result.Processes.Count} processes ({ReportText.Clean(result.Selection)}), in "
            + $"{ReportText.Seconds(result.Processes[0].Windows[^1].WindowSeconds)}; every page was looked at, none was sampled");
        output.WriteLine();
        output.WriteLine($"{"touched",12}{"cold",12}{"unknown",12}{"resident",12}  process");
        foreach (SnapshotResult one in result.Processes.OrderByDescending(static one => one.TouchedBytes).Take(count))
        {
            WriteRow(output, one.TouchedBytes, one.ColdBytes, one.UnknownBytes, one.ResidentBytes, $"{one.Pid} {ReportText.Clean(one.Comm)}");
        }

        if (result.Processes.Count > count)
        {
            output.WriteLine($"{"",48}  and {result.Processes.Count - count} more; --count lists them");
        }

        if (result.Total is { } total)
        {
            WriteRow(output, total.TouchedBytes, total.ColdBytes, total.UnknownBytes, total.ResidentBytes, "all together");
            SnapshotText.WriteLabels(total.Labels, [], count, output);
            output.WriteLine();
            output.WriteLine($"shared memory is counted once, by page frame: {ReportText.ShortSize(total.SharedResidentBytes)} of what they hold "
                + $"and {ReportText.ShortSize(total.SharedTouchedBytes)} of what they touch is another one's as well");
        }
        else
        {
            output.WriteLine();
            output.WriteLine("no total: page frames are hidden from this user, so that memory which several of them map cannot be counted once; "
                + "it takes CAP_SYS_ADMIN");
        }
    }

    private static void WriteRow(FoldedText output, ulong touched, ulong cold, ulong unknown, ulong resident, string name) => output.WriteLine(
        $"{ReportText.ShortSize(touched),12}{ReportText.ShortSize(cold),12}{ReportText.ShortSize(unknown),12}{ReportText.ShortSize(resident),12}  {name}");
}
