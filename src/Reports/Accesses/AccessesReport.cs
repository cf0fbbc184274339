using System.Text.Json;

namespace Damon.Trace.Reports.Accesses;

/// <summary>Who touches what, as a document.</summary>
internal static class AccessesReport
{
    public static void WriteJson(AccessesResult result, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(result, ReportJson.Default.AccessesResult));
}
