using System.Globalization;
using System.Text;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Names;

/// <summary>
/// Which relation each of PostgreSQL's shared buffers holds, asked of the server itself with psql (extension pg_buffercache), and where in the shared
/// memory they are (pg_shmem_allocations, PostgreSQL 13). What psql takes for granted counts: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSERVICE,
/// ~/.pgpass. Where PGHOST and PGUSER are not set, it is the server of the target by its socket, as the server's own user.
/// </summary>
internal sealed class PostgresBuffers : INameSource
{
    private const string Hint = "it takes psql, a role with pg_monitor (PGUSER, PGPASSWORD, ...) and 'CREATE EXTENSION pg_buffercache' in that database (PGDATABASE)";
    private const string Separator = "\t";
    private const ulong IoAlignment = 4096;
    private const int SocketLine = 4;
    private const int PortLine = 3;

    /// <summary>How a relation is called: the table that long values of another are kept in, by that one.</summary>
    private const string RelationsQuery = """
        SELECT pg_relation_filenode(c.oid), CASE WHEN c.relkind IN ('i', 'I') THEN 'index ' WHEN c.relkind = 'S' THEN 'sequence ' WHEN c.relkind = 't' THEN 'toast of '
        ELSE 'table ' END || coalesce(t.oid, c.oid)::regclass::text FROM pg_class c LEFT JOIN pg_class t ON t.reltoastrelid = c.oid
        WHERE pg_relation_filenode(c.oid) IS NOT NULL
        """;

    private static readonly TimeSpan s_freshness = TimeSpan.FromSeconds(20);

    private readonly Lock _asking = new();
    private readonly Dictionary<ulong, (long Ticks, ulong Start, IReadOnlyList<NamedRange> Ranges)> _latest = [];

    /// <inheritdoc/>
    public string Kind => "postgres";

    /// <inheritdoc/>
    public bool Knows(IReadOnlyList<Mapping> mappings) => mappings.Any(static mapping => mapping.Name is ['/', ..] && Path.GetFileName(mapping.Name) is "postgres")
        && SharedMemory(mappings) is not null;

    /// <inheritdoc/>
    public IReadOnlyList<NamedRange> Read(TargetProcess process, IReadOnlyList<Mapping> mappings, out long cpuNs)
    {
        cpuNs = 0;
        if (SharedMemory(mappings) is not { } shared)
        {
            throw new UserErrorException($"process {process.Pid} has no shared memory of PostgreSQL", "name the postmaster or a backend", ExitCode.TargetGone);
        }

        lock (_asking)
        {
            // All processes of a server map the same segment, and know the same of it.
            if (!_latest.TryGetValue(shared.Inode, out var answer) || Environment.TickCount64 - answer.Ticks > (long)s_freshness.TotalMilliseconds)
            {
                var server = new Server(process);
                answer = (Environment.TickCount64, shared.Start, Ask(server, shared));
                _latest[shared.Inode] = answer;
                cpuNs = server.CpuNs;
            }

            ulong shift = shared.Start - answer.Start;
            return shift == 0 ? answer.Ranges : [.. answer.Ranges.Select(range => range with { Start = range.Start + shift, End = range.End + shift })];
        }
    }

    private static List<NamedRange> Ask(Server server, Mapping shared)
    {
        server.CheckIsTarget();
        ulong blockBytes = Number(server.Ask("SELECT current_setting('block_size')")[0][0]);
        ulong buffersBytes = Number(server.Ask("SELECT setting FROM pg_settings WHERE name = 'shared_buffers'")[0][0]) * blockBytes;
        List<NamedRange> areas = [];
        ulong? buffers = null;
        foreach (string[] row in server.Ask("SELECT coalesce(name, 'not used'), off, allocated_size FROM pg_shmem_allocations WHERE off IS NOT NULL ORDER BY off"))
        {
            (ulong offset, ulong size) = (Number(row[1]), Number(row[2]));
            if (row[0] == "Buffer Blocks")
            {
                // Since PostgreSQL 16 there is room to begin at the next boundary for direct I/O.
                ulong start = shared.Start + offset;
                buffers = size >= buffersBytes + IoAlignment ? (start + IoAlignment - 1) / IoAlignment * IoAlignment : start;
            }
            else if (offset + size <= shared.Size)
            {
                areas.Add(LabelRanges.Of(shared.Start + offset, shared.Start + offset + size, Label($"shared {row[0]}")));
            }
        }

        ulong first = buffers ?? throw new UserErrorException("the server does not tell where its buffers are", "it takes PostgreSQL 13 or later", ExitCode.NoAccessCheck);
        return LabelRanges.Join([.. Buffers(server, first, blockBytes, shared.End), .. areas]);
    }

    /// <summary>Buffer n, from 1, is block n - 1. What is in none of them is not used.</summary>
    private static List<NamedRange> Buffers(Server server, ulong first, ulong blockBytes, ulong mappingEnd)
    {
        List<string[]> used = server.Ask("SELECT bufferid, reldatabase, relfilenode, relforknumber FROM pg_buffercache");
        Dictionary<string, string> databases = server.Ask("SELECT oid, datname FROM pg_database WHERE datallowconn").ToDictionary(static row => row[0], static row => row[1]);
        Dictionary<(string Database, string Node), string> names = [];
        foreach (string database in used.Select(static row => row[1]).Distinct().Where(static database => database.Length > 0))
        {
            // Relations of all databases together, such as pg_database, have none.
            if (database == "0" || databases.ContainsKey(database))
            {
                foreach (string[] row in server.Ask(RelationsQuery, database == "0" ? null : databases[database]))
                {
                    names.TryAdd((database, row[0]), row[1]);
                }
            }
        }

        List<NamedRange> ranges = new(used.Count);
        foreach (string[] row in used)
        {
            // Where blocks do not begin with a page, a page is that of the block that has most of it.
            ulong start = LabelRanges.Rounded(first + ((Number(row[0]) - 1) * blockBytes));
            if (start + blockBytes <= mappingEnd)
            {
                ranges.Add(LabelRanges.Of(start, start + blockBytes, row[2].Length == 0 ? "buffers not used" : NameOf(row, names, databases)));
            }
        }

        return ranges;
    }

    private static string NameOf(string[] row, Dictionary<(string Database, string Node), string> names, Dictionary<string, string> databases)
    {
        string fork = row[3] switch { "1" => " free space map", "2" => " visibility map", "3" => " init", _ => "" };
        return names.TryGetValue((row[1], row[2]), out string? name)
            ? Label(name + fork)
            : Label($"relation {row[2]} of database {databases.GetValueOrDefault(row[1], row[1])}{fork}");
    }

    /// <summary>The segment that all processes of a server map: anonymous, of huge pages, or of System V; it is by far the largest.</summary>
    private static Mapping? SharedMemory(IReadOnlyList<Mapping> mappings)
    {
        Mapping largest = mappings.Where(static mapping => mapping.Permissions is [_, _, _, 's'] && (mapping.Name.StartsWith("/dev/zero", StringComparison.Ordinal)
            || mapping.Name.StartsWith("/anon_hugepage", StringComparison.Ordinal) || mapping.Name.StartsWith("/SYSV", StringComparison.Ordinal)))
            .MaxBy(static mapping => mapping.Size);
        return largest.Size > 0 ? largest : null;
    }

    private static string Label(string text) => SafeText.FromUtf8(Encoding.UTF8.GetBytes(text));

    private static ulong Number(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
        ? number
        : throw new UserErrorException($"psql says '{HumanText.OneLine(text)}' where a number is expected", Hint, ExitCode.NoAccessCheck);

    /// <summary>The server that a process belongs to.</summary>
    private sealed class Server
    {
        private readonly TargetProcess _process;
        private readonly Dictionary<string, string> _environment = [];
        private readonly bool _asServer;

        internal Server(TargetProcess process)
        {
            _process = process;
            bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
            _asServer = !IsSet("PGUSER") && !IsSet("PGSERVICE");
            if (IsSet("PGHOST") || IsSet("PGSERVICE") || IsSet("PGHOSTADDR"))
            {
                return;
            }

            // Of all processes of a server the working directory is that of its data; postmaster.pid has its socket's folder and port.
            string[] lines = ReadLines($"/proc/{process.Pid}/cwd/postmaster.pid");
            if (lines.Length > SocketLine && lines[SocketLine].Length > 0)
            {
                _environment["PGHOST"] = Root() + lines[SocketLine];
                _environment["PGPORT"] = lines[PortLine];
            }
        }

        internal long CpuNs { get; private set; }

        /// <summary>That it is the server we talk to: each has an identifier, which its control file begins with.</summary>
        internal void CheckIsTarget()
        {
            string said = Ask("SELECT system_identifier FROM pg_control_system()")[0][0];
            try
            {
                Span<byte> identifier = stackalloc byte[sizeof(ulong)];
                using FileStream control = File.OpenRead($"/proc/{_process.Pid}/cwd/global/pg_control");
                control.ReadExactly(identifier);
                if (said == BitConverter.ToUInt64(identifier).ToString(CultureInfo.InvariantCulture))
                {
                    return;
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new UserErrorException($"the data of process {_process.Pid} cannot be read: {HumanText.OneLine(error.Message)}", "run as root or as the server's user", ExitCode.NoAccessCheck);
            }

            throw new UserErrorException($"psql reaches another server than that of process {_process.Pid}", "set PGHOST and PGPORT, or unset them", ExitCode.NoAccessCheck);
        }

        internal List<string[]> Ask(string query, string? database = null)
        {
            var environment = new Dictionary<string, string>(_environment) { ["PGAPPNAME"] = "damon-trace", ["PGOPTIONS"] = "-c statement_timeout=20s", ["PGCONNECT_TIMEOUT"] = "10" };
            if ((database ?? (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PGDATABASE")) ? "postgres" : null)) is { } named)
            {
                environment["PGDATABASE"] = named;
            }

            (string output, long cpuNs) = ForeignProgram.Run(
                "psql", ["-X", "-A", "-t", "-q", "-w", "-F", Separator, "-v", "ON_ERROR_STOP=1", "-c", query], environment,
                _asServer ? _process.EffectiveUid : null, _asServer ? _process.EffectiveGid : null, Hint);
            CpuNs += cpuNs;
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(Separator))];
        }

        /// <summary>Where its files are, when it has a file system of its own.</summary>
        private string Root() =>
            new FileInfo($"/proc/{_process.Pid}/root").LinkTarget is "/" && new FileInfo($"/proc/{_process.Pid}/ns/mnt").LinkTarget == new FileInfo("/proc/self/ns/mnt").LinkTarget
                ? ""
                : $"/proc/{_process.Pid}/root";

        private static string[] ReadLines(string path)
        {
            try
            {
                return File.ReadAllLines(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }
}
