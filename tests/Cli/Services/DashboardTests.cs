using System.Text.Json;
using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>The dashboard that we ship asks for what there is: its own queries, put to a Prometheus that scrapes a recording.</summary>
[Trait("Category", "Linux")]
public sealed partial class DashboardTests
{
    [Fact]
    public async Task EveryQuery_IsAnswered()
    {
        Assert.SkipUnless(Prometheus.IsInstalled, Prometheus.Missing);
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "16M", "--warm", "0");
        int port = Prometheus.FreePort();
        using ToolProcess tool = ToolProcess.Start(
            ["record", "-p", $"{exerciser.Pid}", "-o", folder.File("a.nettrace"), "--metrics", $"127.0.0.1:{port}"]);
        using var server = Prometheus.Start(folder, port);
        using var dashboard = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Join(Repository.Root, "examples", "grafana", "damon-trace.json")));
        _ = await server.QueryAsync("damon_memory_idle_bytes");

        Dictionary<string, string> variables = await VariablesAsync(dashboard.RootElement, server);
        Assert.Equal("exerciser", variables["program"]);
        string[] queries = [.. Queries(dashboard.RootElement)];
        Assert.True(queries.Length >= 10, $"{queries.Length} queries");
        foreach (string query in queries)
        {
            // Nothing can have been idle for minutes yet; every kind of idle has the same labels.
            string asked = Variable().Replace(query, name => variables[name.Groups[1].Value]).Replace("\"2m\"", "\"10s\"").Replace("\"10m\"", "\"10s\"");
            _ = await server.QueryAsync(asked);
        }

        tool.Send("INT");
        CommandRun run = tool.Wait();
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
    }

    private static IEnumerable<string> Queries(JsonElement dashboard) => dashboard.GetProperty("panels").EnumerateArray()
        .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray())
        .Select(static target => target.GetProperty("expr").GetString()!);

    /// <summary>What Grafana puts in the place of each when all are chosen.</summary>
    private static async Task<Dictionary<string, string>> VariablesAsync(JsonElement dashboard, Prometheus server)
    {
        Dictionary<string, string> values = [];
        foreach (JsonElement variable in dashboard.GetProperty("templating").GetProperty("list").EnumerateArray())
        {
            if (LabelValues().Match(variable.GetProperty("query").GetString()!) is { Success: true } asked)
            {
                using var answer = JsonDocument.Parse(await server.LabelValuesAsync(asked.Groups[1].Value, asked.Groups[2].Value));
                values[variable.GetProperty("name").GetString()!] = variable.TryGetProperty("allValue", out JsonElement all)
                    ? all.GetString()!
                    : string.Join('|', answer.RootElement.GetProperty("data").EnumerateArray().Select(static value => value.GetString()));
            }
        }

        return values;
    }

    [GeneratedRegex(@"^label_values\((\w+), (\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"\$(\w+)")]
    private static partial Regex Variable();
}
