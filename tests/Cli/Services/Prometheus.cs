using System.Net;
using System.Net.Sockets;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>The Prometheus of the distribution, which scrapes one recorder every second.</summary>
internal sealed class Prometheus : IDisposable
{
    internal const string Missing = "prometheus is not installed";

    private static readonly string? s_program = new[] { "/usr/bin/prometheus", "/usr/local/bin/prometheus" }.FirstOrDefault(File.Exists);

    private readonly HttpClient _client = new();
    private readonly ToolProcess _process;
    private readonly string _api;

    private Prometheus(ToolProcess process, int port)
    {
        _process = process;
        _api = $"http://127.0.0.1:{port}/api/v1";
    }

    internal static bool IsInstalled => s_program is not null;

    /// <summary>Starts it.</summary>
    /// <param name="folder">For its files.</param>
    /// <param name="scraped">The port of the recorder's metrics.</param>
    internal static Prometheus Start(TemporaryFolder folder, int scraped)
    {
        int port = FreePort();
        File.WriteAllText(folder.File("prometheus.yml"), $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: damon-trace
                static_configs: [ { targets: ['127.0.0.1:{{scraped}}'] } ]
            """);
        return new Prometheus(
            ToolProcess.Start(
                s_program!, $"--config.file={folder.File("prometheus.yml")}", $"--storage.tsdb.path={folder.File("tsdb")}",
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"),
            port);
    }

    /// <summary>The answer to a query, as soon as it has a value.</summary>
    internal Task<string> QueryAsync(string query) => PollAsync(_client, $"{_api}/query?query={Uri.EscapeDataString(query)}", "\"value\"");

    /// <summary>The values of a label of a metric, as Grafana asks for them.</summary>
    internal Task<string> LabelValuesAsync(string metric, string label) =>
        _client.GetStringAsync($"{_api}/label/{label}/values?match[]={Uri.EscapeDataString(metric)}");

    /// <summary>What an address answers, as soon as it has a text in it.</summary>
    internal static async Task<string> PollAsync(HttpClient client, string address, string until)
    {
        string latest = "";
        for (int i = 0; i < 300; i++)
        {
            try
            {
                using HttpResponseMessage response = await client.GetAsync(address);
                latest = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode && latest.Contains(until, StringComparison.Ordinal))
                {
                    return latest;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"{address} never had {until}: {latest}");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _process.Dispose();
        _client.Dispose();
    }
}
