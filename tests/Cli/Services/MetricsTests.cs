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
        int otlp = Prometheus.FreePort();
        int port = Prometheus.FreePort();
        collector.Prefixes.Add($"http://127.0.0.1:{otlp}/");
        collector.Start();
        Task<(string Path, byte[] Body)> pushed = TakeAsync(collector);
        using ToolProcess tool = Bash.Start(
            "exec $tool record -p $1 -o \"$2\" --metrics 127.0.0.1:$3 --otlp http://127.0.0.1:$4",
            $"{exerciser.Pid}", folder.File("a.nettrace"), $"{port}", $"{otlp}");

        using Prometheus? server = Prometheus.IsInstalled ? Prometheus.Start(folder, port) : null;
        using var client = new HttpClient();
        string answer = server is null ? "" : await server.QueryAsync("sum(damon_memory_resident_bytes)");
        string scraped = await Prometheus.PollAsync(client, $"http://127.0.0.1:{port}/metrics", "damon_memory_resident_bytes{");
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
        Assert.SkipWhen(server is null, $"{Prometheus.Missing}; all but its own scrape was proved");
        Assert.InRange(
            double.Parse(QueriedValue().Match(answer).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture),
            64.0 * 1024 * 1024, 512.0 * 1024 * 1024);
    }

    /// <summary>What nobody asked for is not loaded: the packages would cost each recording a part of its start.</summary>
    [Fact]
    public void Recording_LoadsThePackagesOnlyWhenAsked()
    {
        string packages = Path.Join(Path.GetDirectoryName(Repository.Program("damon-trace")), "OpenTelemetry.dll");
        Assert.SkipUnless(File.Exists(packages), "this program is compiled ahead of time: it has no packages to load");
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");

        Assert.Empty(LoadedPackages(exerciser, folder.File("a.nettrace")));
        Assert.NotEmpty(LoadedPackages(exerciser, folder.File("b.nettrace"), "--metrics", $"127.0.0.1:{Prometheus.FreePort()}"));
    }

    /// <summary>The last push comes at the end of the recording.</summary>
    [Fact]
    public void CollectorThatIsNotThere_IsSaidOnce()
    {
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");

        CommandRun run = ToolProcess.Run(
            "record", "-p", $"{exerciser.Pid}", "-o", folder.File("a.nettrace"), "--duration", "3s", "--otlp", $"http://127.0.0.1:{Prometheus.FreePort()}");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.True(run.Error.Split("metrics do not reach http://127.0.0.1:").Length == 2, run.Error);
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

    /// <summary>Those that a recording has mapped when its first snapshots are there.</summary>
    private static string[] LoadedPackages(ExerciserRun exerciser, string output, params string[] more)
    {
        using ToolProcess tool = ToolProcess.Start(["record", "-p", $"{exerciser.Pid}", "-o", output, "-o", "-", .. more]);
        _ = tool.Output.ReadLine();
        string[] loaded = [.. File.ReadLines($"/proc/{tool.Pid}/maps").Where(static line => line.Contains("OpenTelemetry", StringComparison.Ordinal))];
        tool.Send("INT");
        CommandRun run = tool.Wait();
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        return loaded;
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

    [GeneratedRegex("\"value\":\\[[^,]+,\"([^\"]+)\"")]
    private static partial Regex QueriedValue();
}
