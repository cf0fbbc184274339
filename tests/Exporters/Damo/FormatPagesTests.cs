using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Parquet;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>The tables in docs/formats have every field the code has.</summary>
public sealed partial class FormatPagesTests
{
    [Theory]
    [InlineData(typeof(DamonAggregated), DamonEventName.Aggregated, DamonEventId.Aggregated)]
    [InlineData(typeof(MonitorIntervalsTune), DamonEventName.MonitorIntervalsTune, DamonEventId.MonitorIntervalsTune)]
    [InlineData(typeof(DamosBeforeApply), DamonEventName.BeforeApply, DamonEventId.BeforeApply)]
    [InlineData(typeof(DamosEffectiveSize), DamonEventName.EffectiveSize, DamonEventId.EffectiveSize)]
    [InlineData(typeof(DamosStatistics), DamonEventName.SchemeStatistics, DamonEventId.SchemeStatistics)]
    [InlineData(typeof(ContextAttributes), DamonEventName.Context, DamonEventId.Context)]
    [InlineData(typeof(ContextDescription), DamonEventName.Context, DamonEventId.Context)]
    [InlineData(typeof(TargetDescription), DamonEventName.Target, DamonEventId.Target)]
    [InlineData(typeof(MappingDescription), DamonEventName.Mapping, DamonEventId.Mapping)]
    [InlineData(typeof(SnapshotHeader), DamonEventName.Snapshot, DamonEventId.Snapshot)]
    [InlineData(typeof(SnapshotMemory), DamonEventName.Snapshot, DamonEventId.Snapshot)]
    [InlineData(typeof(RegionEstimateRecord), DamonEventName.Estimates, DamonEventId.Estimates)]
    [InlineData(typeof(Heartbeat), DamonEventName.Heartbeat, DamonEventId.Heartbeat)]
    [InlineData(typeof(IdlePages), DamonEventName.Idle, DamonEventId.Idle)]
    [InlineData(typeof(IdleRecord), DamonEventName.Idle, DamonEventId.Idle)]
    [InlineData(typeof(AccessRecord), DamonEventName.Access, DamonEventId.Access)]
    [InlineData(typeof(ThreadDescription), DamonEventName.Thread, DamonEventId.Thread)]
    [InlineData(typeof(AccessSamplerCounts), DamonEventName.Sampler, DamonEventId.Sampler)]
    [InlineData(typeof(HugePages), DamonEventName.HugePages, DamonEventId.HugePages)]
    [InlineData(typeof(HugePageRun), DamonEventName.HugePages, DamonEventId.HugePages)]
    [InlineData(typeof(SplitHugePages), DamonEventName.SplitPages, DamonEventId.SplitPages)]
    [InlineData(typeof(SplitHugePage), DamonEventName.SplitPages, DamonEventId.SplitPages)]
    public void EventStream_HasEveryFieldOfEveryPayload(Type payload, string name, int id)
    {
        string page = Page("event-stream.md");
        int begin = page.IndexOf($"## {name} (id {id})", StringComparison.Ordinal);
        Assert.True(begin >= 0, name);
        int end = page.IndexOf("\n## ", begin + 1, StringComparison.Ordinal);
        string section = page[begin..(end < 0 ? page.Length : end)];
        IEnumerable<string> fields = payload.IsValueType
            ? payload.GetFields(BindingFlags.Public | BindingFlags.Instance).Select(f => f.Name)
            : payload.GetProperties().Where(p => p.PropertyType != typeof(ContextAttributes)).Select(p => p.Name);
        Assert.All(fields, field => Assert.Matches($@"\b{Snake(field)}\b", section));
    }

    [Fact]
    public void Parquet_HasEveryColumn()
    {
        using PageCompressor compressor = new(ParquetCompression.None);
        string page = Page("parquet.md");
        ColumnSet columns = new(compressor, new ParquetOptions());
        _ = new SnapshotColumns(columns);
        Assert.All(columns.All, column => Assert.Matches($@"\n\|[^|]*\b{column.Schema.Name}\b", page));
    }

    [Fact]
    public void DamoJson_HasEveryFieldWritten()
    {
        string page = Page("damo-json.md");
        using JsonDocument json = JsonDocument.Parse(DamoJsonWriterTests.Write(sink => new RandomRecording(1).Play(sink)));
        HashSet<string> names = [];
        Collect(json.RootElement, names);
        Assert.Contains("aggr_intervals", names);
        Assert.All(names, name => Assert.Matches($@"\n\|[^|]*\b{name}\b", page));
    }

    [Fact]
    public void Links_LeadSomewhere()
    {
        string folder = Path.GetDirectoryName(PathOf("README.md"))!;
        foreach (string file in Directory.GetFiles(folder, "*.md"))
        {
            Assert.All(
                Link().Matches(File.ReadAllText(file)),
                link => Assert.True(File.Exists(Path.Combine(folder, link.Groups[1].Value)), $"{file}: {link.Value}"));
        }
    }

    private static void Collect(JsonElement element, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Collect(item, names);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                names.Add(property.Name);
                Collect(property.Value, names);
            }
        }
    }

    private static string Snake(string name) => UpperCase().Replace(name, m => (m.Index == 0 ? "" : "_") + char.ToLowerInvariant(m.Value[0]));

    private static string Page(string name) => File.ReadAllText(PathOf(name));

    private static string PathOf(string name)
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Damon.Trace.sln")))
            {
                return Path.Combine(d.FullName, "docs", "formats", name);
            }
        }

        throw new InvalidOperationException("Damon.Trace.sln not found above " + AppContext.BaseDirectory);
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex UpperCase();

    [GeneratedRegex(@"\]\(([a-z-]+\.md)")]
    private static partial Regex Link();
}
