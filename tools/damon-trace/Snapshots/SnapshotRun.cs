using Damon.Trace.Cli.Recording;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.WorkingSets;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>One run of <c>snapshot</c>.</summary>
internal static class SnapshotRun
{
    /// <exception cref="UserErrorException">Pages cannot be looked at here, or there is none of what was asked for.</exception>
    /// <exception cref="TargetUnavailableException">The process does not exist, is not ours to watch, or ends in the window.</exception>
    /// <exception cref="OutputException">The file cannot be written.</exception>
    internal static void Run(SnapshotRequest request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        ProcessNamespace.Check();
        IReadOnlyList<int> pids = TargetSet.OfNow(request.Targets);
        if (pids.Count > 1)
        {
            ServiceSnapshot.Run(request, pids, output, error, cancellation);
            return;
        }

        using var process = TargetProcess.Open(pids[0]);
        using PageTableReader reader = ExactReader.Open([process]);
        using OutputFile? file = request.Output is { } wanted ? OutputFile.Create(wanted.Path) : null;
        using var scan = new ExactScan(reader, process);
        IReadOnlyList<ExactPages> windows = Take(scan, request, process.Pid, cancellation, out long cpuNs);
        IReadOnlyList<ExactMapping> mappings = windows[^1].ByMapping(scan.Mappings);
        SnapshotLabels labels = request.Names.Count == 0 ? SnapshotLabels.None : LabelledMemory.Of(process, windows[^1], scan.Mappings, request.Names);
        SnapshotResult result = SnapshotResults.Of(process, windows, mappings, scan.SweepCostNs, cpuNs) with
        {
            Labels = labels.All,
            LabelRemarks = labels.Remarks,
        };
        if (result.ResidentBytes == 0)
        {
            throw new UserErrorException("nothing of what was asked for is resident", $"see /proc/{process.Pid}/smaps", ExitCode.TargetGone);
        }

        if (file is not null)
        {
            Write(file, request, result, process, windows[^1], mappings, error);
        }

        if (request.Json)
        {
            SnapshotResults.WriteJson(result, output);
        }
        else if (request.Output is null or { Format: SnapshotFormat.WorkingSet })
        {
            SnapshotText.Write(result, request.Count, output);
        }
    }

    private static List<ExactPages> Take(ExactScan scan, SnapshotRequest request, int pid, CancellationToken cancellation, out long cpuNs)
    {
        // What is not there is said before anything is done to the target.
        _ = MappingSelection.Of(scan.ReadMappings(), request, pid);
        long beganNs = Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID);
        scan.Sweep();
        cpuNs = Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID) - beganNs;
        var windows = new List<ExactPages>();
        foreach (TimeSpan window in request.Windows)
        {
            scan.WaitFor(window, cancellation);
            beganNs = Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID);
            windows.Add(scan.Read(MappingSelection.Of(scan.ReadMappings(), request, pid)));
            cpuNs += Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID) - beganNs;
        }

        return windows;
    }

    private static void Write(
        OutputFile file, SnapshotRequest request, SnapshotResult result, TargetProcess process, ExactPages pages,
        IReadOnlyList<ExactMapping> mappings, TextWriter error)
    {
        if (request.Output!.Format == SnapshotFormat.WorkingSet)
        {
            WorkingSetDocument document = WorkingSets.Of(process, pages, mappings);
            WorkingSetWriter.Write(document, file.Stream);
            file.Complete();
            error.WriteLine($"damon-trace: {request.Output.Path}: {WorkingSets.Describe(document)}");
            return;
        }

        using var text = new StreamWriter(file.Stream, new System.Text.UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        if (request.Output.Format == SnapshotFormat.Json)
        {
            SnapshotResults.WriteJson(result, text);
        }
        else
        {
            SnapshotText.Write(result, request.Count, text);
        }

        text.Flush();
        file.Complete();
    }
}
