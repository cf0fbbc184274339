using System.Diagnostics;

namespace Damon.Trace.Cli.Tests.Names;

/// <summary>A PostgreSQL in a folder of its own, reached by its socket only. Ends with the test.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string User = "postgres";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"damon-trace-pg-{Guid.NewGuid():N}"[..32]);
    private readonly List<Process> _clients = [];
    private readonly string _binaries;
    private readonly Process _server;

    private PostgresServer(string binaries)
    {
        _binaries = binaries;
        Directory.CreateDirectory(_folder);
        File.SetUnixFileMode(_folder, (UnixFileMode)511);
        As("initdb", "-D", Path.Combine(_folder, "data"), "-A", "peer", "--no-sync", "-U", User);
        _server = Start(
            "postgres", "-D", Path.Combine(_folder, "data"), "-c", "listen_addresses=", "-c", $"unix_socket_directories={_folder}", "-c", "shared_buffers=64MB",
            "-c", "autovacuum=off", "-c", "fsync=off");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_folder, ".s.PGSQL.5432")), TimeSpan.FromSeconds(30)), "the server does not start");
        Thread.Sleep(500);
    }

    internal int Pid => _server.Id;

    /// <summary>Starts one; skips where there is none, or this is not root, which alone can run it as another user.</summary>
    internal static PostgresServer StartOrSkip()
    {
        string? binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order().Select(static folder => Path.Combine(folder, "bin")).LastOrDefault(static bin => File.Exists(Path.Combine(bin, "initdb")))
            : null;
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a server of another user takes root");
        Assert.SkipUnless(binaries is not null && File.ReadLines("/etc/passwd").Any(static line => line.StartsWith("postgres:", StringComparison.Ordinal)), "PostgreSQL is not installed");
        Assert.SkipUnless(File.Exists("/usr/bin/psql"), "psql is not installed");
        return new PostgresServer(binaries!);
    }

    /// <summary>Runs SQL as the superuser.</summary>
    internal string Sql(string sql) => As("psql", "-h", _folder, "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql, User);

    /// <summary>Lets clients run a script all the time.</summary>
    internal void Load(string script, int clients)
    {
        string file = Path.Combine(_folder, "script.sql");
        File.WriteAllText(file, script);
        _clients.Add(Start("pgbench", "-h", _folder, "-n", "-f", file, "-M", "prepared", "-c", $"{clients}", "-T", "600", "-R", "2000", User));
        Assert.True(
            SpinWait.SpinUntil(() => Sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgbench'").Trim() == $"{clients}", TimeSpan.FromSeconds(30)));
    }

    public void Dispose()
    {
        foreach (Process process in _clients.Append(_server))
        {
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            if (!process.WaitForExit(10_000))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }

            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", PathOf(program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        Process process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        return process;
    }

    private string As(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", PathOf(program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error.Result}");
        return output;
    }

    private string PathOf(string program) => Path.Combine(_binaries, program);
}
