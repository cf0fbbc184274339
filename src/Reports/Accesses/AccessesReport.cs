using System.Text.Json;

namespace Damon.Trace.Reports.Accesses;

/// <summary>Who touches what, written. What is written comes from <see cref="AccessesTally"/>.</summary>
public static class AccessesReport
{
    /// <summary>For people.</summary>
    /// <param name="result">What is written.</param>
    /// <param name="count">Functions that are listed of each range.</param>
    /// <param name="output">Where to.</param>
    public static void WriteText(AccessesResult result, int count, TextWriter output) => AccessesText.Write(result, count, output);

    /// <summary>One JSON document; plain numbers, units in the names.</summary>
    public static void WriteJson(AccessesResult result, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(result, ReportJson.Default.AccessesResult));
}
