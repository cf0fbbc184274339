namespace Damon.Trace.Accuracy.Programs;

/// <summary>A real program of the table.</summary>
internal sealed record ProgramRow(string Name, string Title, Func<ServerProgram> Create)
{
    internal static IReadOnlyList<ProgramRow> All { get; } =
    [
        new("redis", "redis-server, 30,000 of 400,000 keys read", () => new Redis(savesMeanwhile: false)),
        new("redis-bgsave", "redis-server, the same with BGSAVE in mid-run", () => new Redis(savesMeanwhile: true)),
        new("postgres-1", "PostgreSQL, pgbench on 200,000 of 2,000,000 rows, 1 client", () => new Postgres(1)),
        new("postgres-2", "PostgreSQL, the same with 2 clients", () => new Postgres(2)),
        new("postgres-4", "PostgreSQL, the same with 4 clients", () => new Postgres(4)),
        new("jvm-locked", "JVM, heap of 512 MB locked, sweeps 32 MB", () => new LockedJvm()),
    ];
}
