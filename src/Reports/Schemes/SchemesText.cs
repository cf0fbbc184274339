using System.Globalization;

namespace Damon.Trace.Reports.Schemes;

/// <summary><c>report schemes</c> for people.</summary>
internal static class SchemesText
{
    /// <summary>More seconds than this are joined, so that the table stays on a screen or two.</summary>
    private const int MaxRows = 30;

    public static void Write(SchemesResult result, TextWriter output)
    {
        output.WriteLine("what schemes were tried on; a region that came again counts again");
        foreach (SchemeResult scheme in result.Schemes)
        {
            output.WriteLine();
            WriteScheme(scheme, output);
        }

        output.WriteLine();
        result.Recording.WriteEnd(output);
    }

    private static void WriteScheme(SchemeResult scheme, TextWriter output)
    {
        string seconds = ReportText.Seconds((scheme.EndNs - scheme.BeginNs) / 1e9);
        output.WriteLine(ReportText.Invariant(
            $"scheme {scheme.Scheme} of context {scheme.Context} of {ReportText.Clean(scheme.Kdamond)} ({scheme.KdamondTid}), {seconds} long"));
        output.WriteLine(ReportText.Invariant($"  tried on {scheme.Regions} regions, {ReportText.Size(scheme.Bytes)}"));
        WriteKernel(scheme, output);
        foreach ((string of, IReadOnlyList<SchemeRange> ranges) in SchemesReport.Distributions(scheme))
        {
            if (ranges.Count > 0)
            {
                string unit = of == "age" ? "age (aggregations)" : of;
                output.WriteLine($"  {unit,-28} {"regions",10} {"bytes",14}");
            }

            foreach (SchemeRange range in ranges)
            {
                output.WriteLine($"    {Range(of, range),-26} {range.Regions.ToString(CultureInfo.InvariantCulture),10} {ReportText.Size(range.Bytes),14}");
            }
        }

        WriteTime(scheme, output);
    }

    private static void WriteKernel(SchemeResult scheme, TextWriter output)
    {
        if (scheme.EffectiveQuota is { } quota)
        {
            output.WriteLine($"  effective quota: {ReportText.Size(quota.LastBytes)} at the end, "
                + $"{ReportText.Size(quota.MinBytes)} to {ReportText.Size(quota.MaxBytes)}");
        }

        if (scheme.Counters is { } counters)
        {
            output.WriteLine("  counted since the scheme began:");
            output.WriteLine($"    tried on {Number(counters.NrTried)} regions, {Bytes(counters.SzTried)}");
            output.WriteLine($"    applied to {Number(counters.NrApplied)} regions, {Bytes(counters.SzApplied)}");
            output.WriteLine($"    quota exceeded {Number(counters.QtExceeds)} times, {Number(counters.NrSnapshots)} snapshots seen");
        }
    }

    private static void WriteTime(SchemeResult scheme, TextWriter output)
    {
        if (scheme.OverTime.Count == 0)
        {
            return;
        }

        output.WriteLine($"  {"after its first event",-28} {"regions",10} {"bytes",14}");
        long all = ((scheme.OverTime[^1].BeginNs - scheme.BeginNs) / 1_000_000_000) + 1;
        long step = (all + MaxRows - 1) / MaxRows;
        foreach (var group in scheme.OverTime.GroupBy(second => (second.BeginNs - scheme.BeginNs) / 1_000_000_000 / step))
        {
            string from = ReportText.Invariant($"{group.Key * step} s to {(group.Key + 1) * step} s");
            string regions = group.Sum(second => second.Regions).ToString(CultureInfo.InvariantCulture);
            output.WriteLine($"    {from,-26} {regions,10} {ReportText.Size(group.Sum(second => (double)second.Bytes)),14}");
        }
    }

    private static string Range(string of, SchemeRange range) => of == "size"
        ? $"from {ReportText.Size(range.From)}"
        : range.From == range.To ? ReportText.Invariant($"{range.From}") : ReportText.Invariant($"{range.From} to {range.To}");

    private static string Number(ulong? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "unknown";

    private static string Bytes(ulong? bytes) => bytes is { } known ? ReportText.Size(known) : "unknown bytes";
}
