using System.Globalization;

namespace Damon.Trace.Accuracy.Programs;

/// <summary>
/// PostgreSQL in a cluster of its own, reached through a Unix socket only: pgbench reads rows at random of the first 200,000 of 2,000,000.
/// Recorded is the process that serves the first client; each process has accessed bits of its own.
/// </summary>
/// <param name="clients">Clients of pgbench.</param>
internal sealed class Postgres(int clients) : ServerProgram
{
    private const string User = "postgres";
    private const int Scale = 20;
    private const int BusyRows = 200_000;

    // Of all clients together: a load that the machine bears beside a recorder, the same with and without it.
    private const int ReadsPerSecond = 4000;

    private static readonly string s_binaries =
        Directory.Exists("/usr/lib/postgresql") ? Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Order().Last(), "bin") : "";

    /// <inheritdoc/>
    internal override int Start()
    {
        string data = Path.Combine(Folder, "data");
        AsUser("initdb", "-D", data, "-A", "trust", "--no-sync", "-U", User);
        string[] settings =
        [
            "-c", "listen_addresses=", "-c", $"unix_socket_directories={Folder}", "-c", "shared_buffers=216MB", "-c", "autovacuum=off",
            "-c", "fsync=off", "-c", "max_wal_size=4GB",
        ];
        Run("setpriv", [.. Unprivileged("postgres"), "-D", data, .. settings]);
        Await(() => File.Exists(Path.Combine(Folder, ".s.PGSQL.5432")), "the socket of postgres");
        AsUser("pgbench", "-h", Folder, "-i", "-q", "-s", Text(Scale), User);
        Query("CREATE EXTENSION pg_buffercache; CREATE EXTENSION IF NOT EXISTS plpgsql; CHECKPOINT");
        string script = Path.Combine(Folder, "reads.sql");
        File.WriteAllText(script, $"\\set aid random(1, {BusyRows})\nSELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n");
        Run(
            "setpriv",
            [
                .. Unprivileged("pgbench"), "-h", Folder, "-n", "-f", script, "-M", "prepared", "-c", Text(clients), "-T", "100000",
                "-R", Text(ReadsPerSecond), User,
            ]);
        string backends = "";
        Await(() => (backends = Backends()).Split('\n').Length == clients, "connecting");
        Thread.Sleep(3000);
        return int.Parse(backends.Split('\n')[0], CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    internal override string Remark()
    {
        string buffers = Query("SELECT count(*) FROM pg_buffercache b JOIN pg_class c ON b.relfilenode = pg_relation_filenode(c.oid) "
            + "WHERE c.relname LIKE 'pgbench_accounts%' AND b.usagecount >= 3");
        return FormattableString.Invariant($"buffers used 3 times or more: {double.Parse(buffers, CultureInfo.InvariantCulture) * 8 / 1024:F1} MiB");
    }

    private string Backends() => Query("SELECT pid FROM pg_stat_activity WHERE application_name = 'pgbench' ORDER BY pid");

    private string Query(string sql) => AsUser("psql", "-h", Folder, "-U", User, "-At", "-c", sql, User).Trim();

    private static string AsUser(string program, params string[] arguments) => Output("setpriv", [.. Unprivileged(program), .. arguments]);

    private static string[] Unprivileged(string program) => [$"--reuid={User}", $"--regid={User}", "--clear-groups", Require(program, s_binaries)];
}
