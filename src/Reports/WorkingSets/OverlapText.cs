namespace Damon.Trace.Reports.WorkingSets;

/// <summary><c>report compare</c> of two working sets for people.</summary>
internal static class OverlapText
{
    public static void Write(OverlapResult result, int count, TextWriter output)
    {
        WriteSide("A", result.A, output);
        WriteSide("B", result.B, output);
        output.WriteLine(result.SameProcess
            ? "the same process: files and addresses are compared"
            : "not the same process: only files are compared, by offset");
        if (!result.SameProcess)
        {
            output.WriteLine(
                $"not compared, because it is in no file: {Size(result.ANotComparedBytes)} of A, {Size(result.BNotComparedBytes)} of B");
        }

        if (result.A.UnknownBytes + result.B.UnknownBytes > 0)
        {
            output.WriteLine(
                $"of which nothing is known, so neither in nor out: {Size(result.A.UnknownBytes)} in A, {Size(result.B.UnknownBytes)} in B");
        }

        output.WriteLine();
        output.WriteLine(result.Overlap.Percent is { } percent
            ? ReportText.Invariant($"overlap of touched pages: {percent:F1} % (in both / in any), ")
                + $"{Size(result.Overlap.BothBytes)} of {Size(result.Overlap.AnyBytes)}"
            : "overlap of touched pages: none was touched of what is compared");
        output.WriteLine($"{"overlap",9}{"in both",13}{"only in A",13}{"only in B",13}  memory");
        foreach (OverlapPart part in result.Parts.Take(count))
        {
            output.WriteLine(ReportText.Invariant($"{part.Percent,7:F1} %{Size(part.BothBytes),13}{Size(part.ATouchedBytes - part.BothBytes),13}")
                + $"{Size(part.BTouchedBytes - part.BothBytes),13}  {ReportText.Clean(part.Name)}");
        }

        if (result.Parts.Count > count)
        {
            output.WriteLine(ReportText.Invariant($"{result.Parts.Count - count} more, which differ less; --count lists them"));
        }
    }

    private static void WriteSide(string letter, OverlapSide side, TextWriter output) => output.WriteLine(
        $"{letter}: {side.File}: pid {side.Pid} ({ReportText.Clean(side.Comm)}), {ReportText.Wall((long)(side.TakenWallSeconds * 1e9))}, "
        + $"{Size(side.TouchedBytes)} touched in {ReportText.Seconds(side.WindowSeconds)}, of {Size(side.ResidentBytes)} resident");

    private static string Size(ulong bytes) => ReportText.ShortSize(bytes);
}
