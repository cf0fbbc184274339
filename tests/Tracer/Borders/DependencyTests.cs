using System.Text.RegularExpressions;

namespace Damon.Trace.Tracer.Tests.Borders;

/// <summary>The borders between rooms of one project, which the compiler does not keep. Between projects it does.</summary>
public sealed partial class DependencyTests
{
    /// <summary>Rooms a room may know, besides Damon.Trace.Events; docs/architecture.md has the table.</summary>
    [Theory]
    [InlineData("Linux")]
    [InlineData("Tracepoints", "Monitoring", "Monitoring.Schemes", "AccessChecks", "Targets", "Linux")]
    [InlineData("PerfRings", "Linux")]
    [InlineData("Kernel", "Monitoring", "Monitoring.Schemes", "Schemes", "AccessChecks", "Targets", "Linux", "PerfRings")]
    [InlineData("Targets", "Monitoring", "Linux")]
    [InlineData("AccessChecks", "Monitoring", "Targets", "Linux", "PerfRings")]
    [InlineData("AccessSamples", "Monitoring", "AccessChecks", "AccessChecks.AccessBits", "Targets", "Linux", "PerfRings")]
    [InlineData("Symbols", "Targets", "Linux")]
    [InlineData("Schemes", "Monitoring", "Monitoring.Schemes", "Targets", "Linux")]
    public void RoomOfTheTracer_KnowsOnlyTheRoomsBelowIt(string room, params string[] allowed) => KnowsOnly("Tracer", room, allowed);

    /// <summary>Formats know the stream of a recording and not the front door, which knows all of them.</summary>
    [Theory]
    [InlineData("Recordings")]
    [InlineData("Output")]
    [InlineData("PerfScript", "Recordings", "Compression")]
    [InlineData("PerfData", "Recordings", "Compression", "PerfScript")]
    [InlineData("Parquet", "Recordings")]
    [InlineData("Damo", "Recordings", "Compression")]
    [InlineData("Ctf", "Recordings", "PerfScript")]
    [InlineData("WorkingSets", "Recordings", "Output")]
    public void RoomOfTheExporters_KnowsOnlyTheRoomsBelowIt(string room, params string[] allowed) => KnowsOnly("Exporters", room, allowed);

    /// <summary>A report knows the numbers all share; the pictures and pages know the reports.</summary>
    [Theory]
    [InlineData("Memory")]
    [InlineData("Wss", "Memory")]
    [InlineData("NrRegions")]
    [InlineData("Footprints", "Memory")]
    [InlineData("Heatmap")]
    [InlineData("Regions", "Memory")]
    [InlineData("Recency", "Memory")]
    [InlineData("Limit", "Memory")]
    [InlineData("Times")]
    [InlineData("Schemes")]
    [InlineData("Accesses", "Memory", "Regions")]
    [InlineData("HugePages", "Memory")]
    [InlineData("Compare", "Footprints")]
    [InlineData("WorkingSets", "Compare")]
    [InlineData("Summary", "Memory", "Footprints", "Recency", "Regions", "HugePages")]
    [InlineData("Pictures", "Memory", "Heatmap", "Wss")]
    [InlineData("Html", "Memory", "Heatmap", "Regions", "Schemes", "Summary", "Pictures", "Accesses")]
    public void RoomOfTheReports_KnowsOnlyTheRoomsBelowIt(string room, params string[] allowed) => KnowsOnly("Reports", room, allowed);

    private static void KnowsOnly(string project, string room, string[] allowed)
    {
        string source = Path.Combine(Repository.Root, "src", project);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(source, room), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match match in Using().Matches(File.ReadAllText(file)))
            {
                string used = match.Groups[2].Value;
                bool own = used == room || used.StartsWith(room + ".", StringComparison.Ordinal);
                Assert.True(
                    match.Groups[1].Value != project || own || allowed.Contains(used), $"{Path.GetRelativePath(source, file)} must not know {used}");
            }
        }
    }

    [Fact]
    public void Files_AreShort()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            int lines = File.ReadLines(file).Count();
            Assert.True(lines <= 500, $"{file} has {lines} lines");
        }
    }

    [GeneratedRegex(@"^using Damon\.Trace\.(\w+)\.([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
