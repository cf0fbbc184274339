using System.Text.RegularExpressions;

namespace Damon.Trace.Tracer.Tests.Borders;

/// <summary>The borders between rooms of one project, which the compiler does not keep. Between projects it does.</summary>
public sealed partial class DependencyTests
{
    private static readonly string s_source = Path.Combine(Repository.Root, "src", "Tracer");

    /// <summary>Rooms a room may know, besides Damon.Trace.Events; docs/architecture.md has the table.</summary>
    [Theory]
    [InlineData("Linux")]
    [InlineData("Tracepoints", "Monitoring", "Monitoring.Schemes", "AccessChecks", "Targets", "Linux")]
    [InlineData("PerfRings", "Linux")]
    [InlineData("Kernel", "Monitoring", "Monitoring.Schemes", "Schemes", "AccessChecks", "Targets", "Linux", "PerfRings")]
    [InlineData("Targets", "Monitoring", "Linux")]
    [InlineData("AccessChecks", "Monitoring", "Targets", "Linux", "PerfRings")]
    [InlineData("AccessSamples", "Monitoring", "AccessChecks", "Targets", "Linux", "PerfRings")]
    [InlineData("Symbols", "Targets", "Linux")]
    [InlineData("Schemes", "Monitoring", "Monitoring.Schemes", "Targets", "Linux")]
    public void Room_KnowsOnlyTheRoomsBelowIt(string room, params string[] allowed)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(s_source, room), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match match in TracerUsing().Matches(File.ReadAllText(file)))
            {
                string used = match.Groups[1].Value;
                bool own = used == room || used.StartsWith(room + ".", StringComparison.Ordinal);
                Assert.True(own || allowed.Contains(used), $"{Path.GetRelativePath(s_source, file)} must not know {used}");
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

    [GeneratedRegex(@"^using Damon\.Trace\.Tracer\.([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex TracerUsing();
}
