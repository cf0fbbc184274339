using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Doctor;

/// <summary>The table of <c>doctor</c>. Everything in it is found out by looking: no file is written, no program loaded, nothing tried.</summary>
internal static class DoctorReport
{
    internal static void Write(TextWriter output)
    {
        output.WriteLine("Access checks, best first (record --check auto takes the first that also passes its self-test):");
        List<Finding> checks = AccessCheckCatalog.ByPreference.Select(kind => new Finding(kind.Name, kind.Probe(), kind.Summary)).ToList();
        WriteTable(output, checks);
        output.WriteLine();
        output.WriteLine("Features:");
        WriteTable(output, MachineFeatures.Find());
    }

    private static void WriteTable(TextWriter output, IReadOnlyList<Finding> findings)
    {
        int width = findings.Max(finding => finding.Name.Length);
        foreach (Finding finding in findings)
        {
            string state = finding.Capability.Available ? "yes" : "no ";
            string detail = finding.Capability.Available ? finding.Detail : finding.Capability.Reason ?? "";
            output.WriteLine($"  {finding.Name.PadRight(width)}  {state}  {detail}");
            if (finding.Capability is { Available: false, Hint: string hint })
            {
                output.WriteLine($"  {new string(' ', width)}       what would help: {hint}");
            }
        }
    }
}
