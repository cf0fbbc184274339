using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Damon.Trace.Cli.Tests.Services;

/// <summary>Three ClickHouse servers on loopback that are one cluster, <c>three</c>, in a folder of their own. They end with the test.</summary>
internal sealed class ClickHouse : IDisposable
{
    private const int Shards = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _servers = [];
    private readonly int[] _ports;

    private ClickHouse(string server)
    {
        int[] ports = FreePorts(3 * Shards);
        _ports = ports[..Shards];
        string cluster = string.Concat(_ports.Select(static port => $"<shard><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>"));
        for (int i = 0; i < Shards; i++)
        {
            string folder = _folder.File($"{i}");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "users.xml"), """
                <yandex><users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
                <profiles><default></default></profiles><quotas><default></default></quotas></yandex>
                """);
            File.WriteAllText(Path.Combine(folder, "config.xml"), $"""
                <yandex><logger><level>error</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger><listen_host>127.0.0.1</listen_host>
                <tcp_port>{_ports[i]}</tcp_port><http_port>{ports[Shards + i]}</http_port><interserver_http_port>{ports[(2 * Shards) + i]}</interserver_http_port>
                <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path><users_config>users.xml</users_config><default_profile>default</default_profile>
                <default_database>default</default_database><mark_cache_size>10000000</mark_cache_size><remote_servers><three>{cluster}</three></remote_servers></yandex>
                """);
            var start = new ProcessStartInfo(server, [$"--config-file={folder}/config.xml"])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            Process process = Process.Start(start)!;
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            _servers.Add(process);
        }
    }

    /// <summary>Starts them; skips where ClickHouse is not installed.</summary>
    internal static ClickHouse StartOrSkip()
    {
        string? server = new[] { "/usr/sbin/clickhouse-server", "/usr/bin/clickhouse-server" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(server is null || !File.Exists("/usr/bin/clickhouse-client"), "clickhouse-server and clickhouse-client are not installed");
        var servers = new ClickHouse(server!);
        foreach (int port in servers._ports)
        {
            Assert.True(SpinWait.SpinUntil(() => Ask(port, "SELECT 1").ExitCode == 0, TimeSpan.FromMinutes(1)), $"the server of port {port} does not answer");
        }

        return servers;
    }

    /// <summary>Runs statements on each of them.</summary>
    internal void RunOnEach(string statements)
    {
        foreach (int port in _ports)
        {
            CommandRun run = Ask(port, statements, "--multiquery");
            Assert.True(run.ExitCode == 0, run.Error);
        }
    }

    /// <summary>Inserts a CSV file by the first.</summary>
    internal void Insert(string table, string file) => Assert.Equal("", Bash.Run($"clickhouse-client --port {_ports[0]} -q 'INSERT INTO {table} FORMAT CSVWithNames' < \"$1\"", file).Error);

    /// <summary>Rows of each of them.</summary>
    internal IEnumerable<long> CountOnEach(string table) => _ports.Select(port => long.Parse(Ask(port, $"SELECT count() FROM {table}").Output, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Asks the first, tab-separated.</summary>
    internal string[][] Query(string sql)
    {
        CommandRun run = Ask(_ports[0], sql);
        Assert.True(run.ExitCode == 0, run.Error);
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t'))];
    }

    public void Dispose()
    {
        foreach (Process server in _servers)
        {
            server.Kill();
            server.WaitForExit();
            server.Dispose();
        }

        _folder.Dispose();
    }

    private static CommandRun Ask(int port, string sql, params string[] options)
    {
        var start = new ProcessStartInfo("/usr/bin/clickhouse-client", ["--port", $"{port}", .. options, "-q", sql]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process client = Process.Start(start)!;
        Task<string> error = client.StandardError.ReadToEndAsync();
        string output = client.StandardOutput.ReadToEnd();
        client.WaitForExit();
        return new CommandRun(client.ExitCode, output, error.Result);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, static listener => listener.Start());
        int[] ports = [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, static listener => listener.Stop());
        return ports;
    }
}
