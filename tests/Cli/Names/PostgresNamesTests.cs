using System.Globalization;
using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Names;

/// <summary>
/// PostgreSQL with known tables: of one 300 blocks are read all the time, of the other none. All its processes together are one service, and shared
/// buffers that six of them map are counted once.
/// </summary>
[Trait("Category", "Linux")]
public sealed class PostgresNamesTests
{
    private const int Block = 8192;

    [Fact]
    public async Task RelationsOfTheSharedBuffers_AreNamed()
    {
        using var server = PostgresServer.StartOrSkip();
        _ = await Snapshots.SnapshotTests.RunAsync("snapshot", "-p", $"{server.Pid}", "--window", "100ms");
        CommandRun without = await CommandRun.RunAsync("snapshot", "-p", $"{server.Pid}", "--names", "postgres", "--window", "100ms");
        without.AssertMistake(ExitCode.NoAccessCheck, "relation \"pg_buffercache\" does not exist");

        // Seven rows of 1000 bytes fit into a block.
        server.Sql("CREATE EXTENSION pg_buffercache");
        server.Sql("CREATE TABLE hot(a int PRIMARY KEY, b text); INSERT INTO hot SELECT i, repeat('x', 1000) FROM generate_series(0, 13999) i");
        server.Sql("CREATE TABLE cold(a int, b text); INSERT INTO cold SELECT i, repeat('y', 1000) FROM generate_series(0, 6999) i; CHECKPOINT");
        long hotBlocks = long.Parse(server.Sql("SELECT count(DISTINCT (ctid::text::point)[0]) FROM hot WHERE a < 2100"), CultureInfo.InvariantCulture);
        server.Load("\\set a random(0, 2099)\nSELECT b FROM hot WHERE a = :a;\n", clients: 6);

        CommandRun run = await Snapshots.SnapshotTests.RunAsync(
            "snapshot", "-p", $"{server.Pid}", "--children", "--names", "postgres", "--window", "8s", "--json");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        JsonElement total = JsonDocument.Parse(run.Output).RootElement.GetProperty("total");
        Assert.SkipWhen(total.ValueKind == JsonValueKind.Null, "page frames are hidden from this user");
        Dictionary<string, JsonElement> labels = total.GetProperty("labels").EnumerateArray().ToDictionary(static label => label.GetProperty("label").GetString()!);
        double touched = Bytes(labels["table hot"], "touched_bytes");
        Assert.InRange(touched / Block, hotBlocks * 0.95, hotBlocks * 1.05);
        Assert.InRange(Bytes(labels["table hot"], "resident_bytes") / Block, 1990, 2010);
        Assert.InRange(Bytes(labels["table cold"], "cold_bytes") / Block, 990, 1010);
        Assert.Equal(0, Bytes(labels["table cold"], "touched_bytes"));
        Assert.Contains("index hot_pkey", labels.Keys);

        // In a recording the same names, of ranges.
        using var folder = new TemporaryFolder();
        CommandRun record = await CommandRun.RunAsync("record", "-p", $"{server.Pid}", "--names", "postgres,files", "--duration", "3s", "-o", folder.File("a.nettrace"));
        Assert.True(record.ExitCode == ExitCode.Ok, record.Error);
        RecordedSnapshots recorded = RecordedSnapshots.Read(folder.File("a.nettrace"));
        Assert.Contains(recorded.Mappings, static mapping => mapping.Label is "table hot" or "mostly table hot" && mapping.Name.StartsWith("/dev/zero", StringComparison.Ordinal));
        Assert.Contains(recorded.Mappings, static mapping => mapping.Label == ".text" && mapping.Name.EndsWith("/postgres", StringComparison.Ordinal));
    }

    private static double Bytes(JsonElement label, string name) => label.GetProperty(name).GetUInt64();
}
