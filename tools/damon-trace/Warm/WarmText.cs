using Damon.Trace.Reports;
using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Cli.Warm;

/// <summary>What <c>warm</c> prints.</summary>
internal static class WarmText
{
    internal static void Write(WorkingSetDocument document, List<WarmedFile> files, WarmRequest request, TimeSpan took, TextWriter writer)
    {
        var output = new FoldedText(writer, new ReportSelection().TextColumns);
        output.WriteLine($"working set of pid {document.Target.Pid} ({ReportText.Clean(document.Target.Comm)}), {ReportText.Wall(document.TakenWallNs)}: "
            + $"{Size(Sum(files, file => file.WantedBytes))} of {files.Count} files touched in {ReportText.Seconds(document.WindowNs / 1e9)}");
        output.WriteLine($"{"touched",12}{(request.DryRun ? "to load" : "loaded"),12}{"in memory",12}{(request.DryRun ? "" : "afterwards"),12}  file");
        foreach (WarmedFile file in files)
        {
            string state = file.State.Length == 0 ? "" : $" ({file.State})";
            output.WriteLine($"{Size(file.WantedBytes),12}{Size(file.ChosenBytes),12}{Known(file, file.ResidentBefore),12}"
                + $"{(request.DryRun ? "" : Known(file, file.ResidentAfter)),12}  {ReportText.Clean(file.Path)}{state}");
        }

        WriteTotal(files, request, took, output);
    }

    private static void WriteTotal(List<WarmedFile> files, WarmRequest request, TimeSpan took, TextWriter output)
    {
        WarmedFile[] known = [.. files.Where(file => file.ResidentAfter is not null)];
        ulong chosen = Sum(known, file => file.ChosenBytes);
        ulong before = Sum(known, file => file.ResidentBefore!.Value);
        ulong after = Sum(known, file => file.ResidentAfter!.Value);
        if (chosen > 0)
        {
            output.WriteLine(request.DryRun
                ? $"{Percent(before, chosen)} of {Size(chosen)} are in memory (mincore), {Size(chosen - before)} would be loaded"
                : $"{Percent(after, chosen)} of {Size(chosen)} are in memory (mincore), {Percent(before, chosen)} were before; "
                    + $"took {ReportText.Seconds(took.TotalSeconds)}");
        }

        ulong untold = Sum(files, file => file.ChosenBytes) - chosen;
        if (untold > 0)
        {
            output.WriteLine($"of {Size(untold)}{(request.DryRun ? "" : ", which were read,")} the system does not tell this user whether they are "
                + "in memory: files of others that it may not write");
        }

        ulong leftOut = Sum(files.Where(file => file.State == "over the limit"), file => file.WantedBytes - file.ChosenBytes);
        if (leftOut > 0)
        {
            output.WriteLine($"--limit {Size(request.LimitBytes!.Value)}: {Size(leftOut)} were left out");
        }
    }

    private static string Known(WarmedFile file, ulong? bytes) => file.ChosenBytes == 0 ? "-" : bytes is { } known ? Size(known) : "unknown";

    private static string Percent(ulong part, ulong whole) => ReportText.Percent((double)part / whole);

    private static ulong Sum(IEnumerable<WarmedFile> files, Func<WarmedFile, ulong> bytes) => files.Aggregate(0UL, (sum, file) => sum + bytes(file));

    private static string Size(ulong bytes) => ReportText.ShortSize(bytes);
}
