using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>The metrics of a running recording, as Prometheus and a collector get them.</summary>
[Trait("Category", "Linux")]
public sealed partial class MetricsTests
{
    /// <summary>
    /// All at once: scraped from the listener, pushed to a collector that takes the protobuf, and where the Prometheus of the distribution is installed
    /// scraped by that, whose own API tells what it got.
    /// </summary>
    [Fact]
    public async Task Recording_IsScrapedAndPushed()
    {
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "16M", "--warm", "0");
        using var collector = new HttpListener();
        int otlp = FreePort();
        int port = FreePort();
        collector.Prefixes.Add($"http://127.0.0.1:{otlp}/");
        collector.Start();
        Task<(string Path, byte[] Body)> pushed = TakeAsync(collector);
        using ToolProcess tool = Bash.Start(
            "exec $tool record -p $1 -o \"$2\" --metrics 127.0.0.1:$3 --otlp http://127.0.0.1:$4",
            $"{exerciser.Pid}", folder.File("a.nettrace"), $"{port}", $"{otlp}");

        string? prometheus = new[] { "/usr/bin/prometheus", "/usr/local/bin/prometheus" }.FirstOrDefault(File.Exists);
        int own = FreePort();
        using ToolProcess? server = prometheus is null ? null : StartPrometheus(prometheus, folder, own, port);
        using var client = new HttpClient();
        string answer = server is null
            ? ""
            : await PollAsync(client, $"http://127.0.0.1:{own}/api/v1/query?query=sum(damon_memory_resident_bytes)", "\"value\"");
        string scraped = await ScrapeAsync(client, port, "damon_memory_resident_bytes{");
        tool.Send("INT");
        CommandRun run = tool.Wait();

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        double resident = Values(scraped, "damon_memory_resident_bytes").Sum();
        Assert.InRange(resident, 64.0 * 1024 * 1024, 512.0 * 1024 * 1024);
        Assert.Contains("process_executable_name=\"exerciser\"", scraped, StringComparison.Ordinal);
        Assert.Contains("mapping_class=\"anon\"", scraped, StringComparison.Ordinal);
        Assert.Contains("damon_recorder_cpu_time_seconds_total", scraped, StringComparison.Ordinal);

        // The last push comes at the end of the recording, also when it was shorter than the period.
        (string path, byte[] body) = await pushed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("/v1/metrics", path);
        var sent = OtlpMetrics.Decode(body);
        Assert.Equal("damon-trace", sent.Resource["service.name"]);
        var held = sent.Points.Where(static point => point.Name == "damon.memory.resident").ToList();
        Assert.All(held, static point => Assert.Equal(("By", "exerciser"), (point.Unit, point.Attributes["process.executable.name"])));
        Assert.InRange(held.Sum(static point => point.Value), 64.0 * 1024 * 1024, 512.0 * 1024 * 1024);
        Assert.Contains(held, static point => point.Attributes["mapping.class"] == "anon");
        Assert.Contains(sent.Points, static point => point is { Name: "damon.recorder.cpu.time", Unit: "s", Value: > 0 });
        Assert.SkipWhen(server is null, "prometheus is not installed; all but its own scrape was proved");
        Assert.InRange(
            double.Parse(QueriedValue().Match(answer).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture),
            64.0 * 1024 * 1024, 512.0 * 1024 * 1024);
    }

    [Fact]
    public void PortThatIsTaken_IsAMistake()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        CommandRun run = ToolProcess.Run(
            "record", "-p", $"{exerciser.Pid}", "-o", "/dev/null", "--format", "txt", "--metrics", $"127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}");

        run.AssertMistake(ExitCode.Usage, "cannot listen on 127.0.0.1:");
    }

    private static ToolProcess StartPrometheus(string program, TemporaryFolder folder, int own, int port)
    {
        File.WriteAllText(folder.File("prometheus.yml"), $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: damon-trace
                static_configs: [ { targets: ['127.0.0.1:{{port}}'] } ]
            """);
        return ToolProcess.Start(
            program, $"--config.file={folder.File("prometheus.yml")}", $"--storage.tsdb.path={folder.File("tsdb")}",
            $"--web.listen-address=127.0.0.1:{own}", "--log.level=error");
    }

    private static async Task<string> ScrapeAsync(HttpClient client, int port, string until) =>
        await PollAsync(client, $"http://127.0.0.1:{port}/metrics", until);

    private static async Task<string> PollAsync(HttpClient client, string address, string until)
    {
        for (int i = 0; i < 300; i++)
        {
            try
            {
                string text = await client.GetStringAsync(address);
                if (text.Contains(until, StringComparison.Ordinal))
                {
                    return text;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"{address} never had {until}");
    }

    private static async Task<(string Path, byte[] Body)> TakeAsync(HttpListener collector)
    {
        HttpListenerContext context = await collector.GetContextAsync();
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        context.Response.StatusCode = 200;
        context.Response.ContentType = "application/x-protobuf";
        context.Response.Close();
        return (context.Request.Url!.AbsolutePath, body.ToArray());
    }

    private static IEnumerable<double> Values(string scraped, string name) => scraped.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal))
        .Select(static line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("\"value\":\\[[^,]+,\"([^\"]+)\"")]
    private static partial Regex QueriedValue();
}
