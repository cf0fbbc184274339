using System.Text.Json;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Doctor;

/// <summary>Writes what was found out: as a table for people, or as JSON.</summary>
internal static class DoctorReport
{
    internal static void WriteJson(TextWriter output, MachineReport report) =>
        output.WriteLine(JsonSerializer.Serialize(report, ProgramJson.Readable.MachineReport));

    internal static void Write(TextWriter output, MachineReport report)
    {
        Line(output, "", $"Linux {report.Kernel.Release} ({report.Kernel.Architecture}), {report.Distribution}; its options: {report.Kernel.Config ?? "not told anywhere"}");
        output.WriteLine();
        WriteChoice(output, report.AccessCheck);
        output.WriteLine();
        Line(output, "", "Access checks, best first (record --check auto takes the first that also passes its self-test):");
        WriteTable(output, [.. report.AccessChecks.Select(check =>
            new Row(check.Name, check.Available, Promise(check), check.Reason, check.Help))]);
        output.WriteLine();
        WriteKernelDamon(output, report.KernelDamon);
        output.WriteLine();
        output.WriteLine("Features:");
        WriteTable(output, [.. report.Features.Select(feature =>
            new Row(feature.Name, feature.Available, feature.Detail, feature.Reason, feature.Help))]);
    }

    private static string Promise(CheckReport check) =>
        check.Promise + (check.Auto ? "" : "; only when asked for") + (check.Unproved is string unproved ? $"; UNPROVED: {unproved}" : "; proved on this kind of machine");

    private static void WriteChoice(TextWriter output, ChoiceReport choice)
    {
        Line(output, "", $"Access check: {choice.Chosen ?? "none"}");
        Line(output, "  ", $"why: {choice.Why}");
        foreach (BetterReport better in choice.Better)
        {
            Line(output, "  ", $"better would be {better.Name}: {better.Reason}{(better.Help is string help ? $"; what would help: {help}" : "")}");
        }
    }

    private static void WriteKernelDamon(TextWriter output, KernelDamonReport damon)
    {
        Line(output, "", "The kernel's own DAMON (record --kernel listens; with -p or --ops paddr it is driven):");
        Line(output, "  ", $"state: {damon.State}: {damon.Description}");
        if (damon.Help is string help)
        {
            Line(output, "  ", $"driving it: {help}");
        }

        WriteTable(output, [.. damon.Operations.Select(operations => new Row(
            operations.Name, operations.Built != false, operations.Built is null ? "unknown: the kernel's options are not told anywhere" : "built in",
            "not built in", operations.Help))]);
    }

    private static void WriteTable(TextWriter output, IReadOnlyList<Row> rows)
    {
        int width = rows.Max(row => row.Name.Length);
        foreach (Row row in rows)
        {
            string head = $"  {row.Name.PadRight(width)}  {(row.Available ? "yes" : "no ")}  ";
            Line(output, head, (row.Available ? row.Detail : row.Reason) ?? "");
            if (!row.Available && row.Help is string help)
            {
                Line(output, new string(' ', head.Length), $"what would help: {help}");
            }
        }
    }

    /// <summary>What does not fit goes on below, two columns further right where nothing stands before it.</summary>
    private static void Line(TextWriter output, string head, string text) =>
        HelpText.WriteWrapped(output, head, string.IsNullOrWhiteSpace(head) ? head.Length + 2 : head.Length, text);

    private sealed record Row(string Name, bool Available, string Detail, string? Reason, string? Help);
}
