using System.Globalization;
using System.Numerics;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Tests.PerfScript;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>What hyparquet and DuckDB read from our files, row by row.</summary>
public sealed class ParquetWriterTests : IDisposable
{
    private const int PageRows = 200;
    private const int RowGroupRows = 1000;

    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(ForeignReader.Hyparquet)]
    [InlineData(ForeignReader.DuckDb)]
    public void EveryNumberOfRows_IsReadBack(string reader)
    {
        ForeignReader.SkipIfMissing();
        int[] counts =
        [
            0, 1, 2, 32, 33, 128, 129, 130, PageRows - 1, PageRows, PageRows + 1, RowGroupRows - 1, RowGroupRows, RowGroupRows + 1,
            RowGroupRows + PageRows, RowGroupRows + PageRows + 1, (2 * RowGroupRows) + 1,
        ];
        Check(reader, counts.Select(count =>
        {
            ExpectedTable table = new();
            for (int left = count, number = 0; left > 0; left -= 170, number++)
            {
                table.Add(ExpectedTable.Ordinary((ulong)number, Math.Min(left, 170)));
            }

            return (table, ParquetCompression.None);
        }));
    }

    [Theory]
    [InlineData(ForeignReader.Hyparquet)]
    [InlineData(ForeignReader.DuckDb)]
    public void Extremes_AreReadBackWithEveryCompression(string reader)
    {
        ForeignReader.SkipIfMissing();
        Random random = new(TestSeed.Value);
        List<ParquetCompression> compressions = [ParquetCompression.None, ParquetCompression.Gzip, ParquetCompression.Zstd];

        Check(reader, compressions.Select(compression =>
        {
            ExpectedTable table = new();
            while (table.Rows.Count < 3000)
            {
                table.Add(ExpectedTable.Extreme(random));
            }

            return (table, compression);
        }));
    }

    [Theory]
    [InlineData(ForeignReader.Hyparquet)]
    [InlineData(ForeignReader.DuckDb)]
    public void UnknownFacts_AreNull(string reader)
    {
        ForeignReader.SkipIfMissing();
        ExpectedTable allNull = new();
        ExpectedTable lateKnown = new();
        for (int i = 0; i < 12; i++)
        {
            Snapshot unknown = new() { Kdamond = "k", NrRegions = 100, Number = (ulong)i, Complete = true };
            for (int r = 0; r < 100; r++)
            {
                unknown.Add(new RegionEvent { TimestampNs = r, Cpu = -1, Start = (ulong)r, End = (ulong)r + 1 });
            }

            allNull.Add(unknown);
            lateKnown.Add(i == 11 ? ExpectedTable.Ordinary(11, 100) : unknown);
        }

        Check(reader, [(allNull, ParquetCompression.Zstd), (lateKnown, ParquetCompression.None)]);
    }

    [Fact]
    public void DefaultSizes_AreReadBack()
    {
        ForeignReader.SkipIfMissing();
        ExpectedTable table = new();
        ParquetOptions options = new();
        for (int number = 0; table.Rows.Count <= options.RowGroupRows; number++)
        {
            table.Add(ExpectedTable.Ordinary((ulong)number, 1001));
        }

        string path = _directory.Of("default.parquet");
        Write(path, table, options);
        AssertRows(table, ForeignReader.Read(ForeignReader.DuckDb, [path], "rows")[0], ForeignReader.DuckDb, "default sizes");
    }

    [Theory]
    [InlineData(ForeignReader.Hyparquet)]
    [InlineData(ForeignReader.DuckDb)]
    public void Statistics_AreThoseOfTheRows(string reader)
    {
        ForeignReader.SkipIfMissing();
        Random random = new(TestSeed.Value);
        ExpectedTable table = new();
        while (table.Rows.Count < RowGroupRows)
        {
            table.Add(ExpectedTable.Ordinary(1, 100));
        }

        while (table.Rows.Count < 3 * RowGroupRows)
        {
            table.Add(ExpectedTable.Extreme(random));
        }

        string path = _directory.Of("statistics.parquet");
        Write(path, table, Small(ParquetCompression.None));
        foreach (string?[] statistics in ForeignReader.Read(reader, [path], "statistics")[0])
        {
            int group = int.Parse(statistics[0]!, CultureInfo.InvariantCulture);
            int column = Array.IndexOf(ExpectedTable.Columns, statistics[1]);
            List<string?> all = [.. table.Rows.Skip(group * RowGroupRows).Take(RowGroupRows).Select(row => row[column])];
            List<string> values = [.. all.OfType<string>()];
            string shown = $"{reader}, group {group}, {statistics[1]}";
            Assert.True(statistics[2] == (all.Count - values.Count).ToString(CultureInfo.InvariantCulture), shown + ": nulls");
            if (statistics[1] == "timestamp" && reader == ForeignReader.DuckDb)
            {
                // DuckDB prints these as a date; hyparquet gives the number.
                continue;
            }

            if (statistics[1] is "touched_bytes" or "touched_error_bytes" or "write_share" or "write_looks")
            {
                AssertBounds(values, statistics[3], statistics[4], shown);
                continue;
            }

            Comparison<string> order = statistics[1] is "kdamond" or "complete"
                ? string.CompareOrdinal
                : (a, b) => BigInteger.Parse(a, CultureInfo.InvariantCulture).CompareTo(BigInteger.Parse(b, CultureInfo.InvariantCulture));
            values.Sort(order);
            (string? min, string? max) = values.Count == 0 ? (null, null) : (values[0], values[^1]);
            Assert.True(statistics[3] == min && statistics[4] == max, $"{shown}: {statistics[3]}..{statistics[4]}, expected {min}..{max}");
        }
    }

    /// <summary>Both readers print bounds of single precision with the digits it has, which are not always enough.</summary>
    private static void AssertBounds(List<string> values, string? min, string? max, string shown)
    {
        static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);
        Assert.True((min is null) == (values.Count == 0), $"{shown}: {min}..{max}");
        if (min is not null && max is not null)
        {
            float[] numbers = [.. values.Select(Number)];
            Assert.Equal(numbers.Min(), Number(min), numbers.Min() * 1e-5f);
            Assert.Equal(numbers.Max(), Number(max), numbers.Max() * 1e-5f);
        }
    }

    [Theory]
    [InlineData(ForeignReader.Hyparquet)]
    [InlineData(ForeignReader.DuckDb)]
    public void Metadata_HasDescriptionsAndLosses(string reader)
    {
        ForeignReader.SkipIfMissing();
        string path = _directory.Of("metadata.parquet");
        using (FileStream file = File.Create(path))
        using (ParquetWriter writer = new(file))
        {
            ContextDescription context = new(
                new ContextAttributes { SampleUs = 5000, AggrUs = 100_000, UpdateUs = 1_000_000, MinNrRegions = 10, MaxNrRegions = 1000 },
                "kdamond.0", "vaddr", "access-bits", "flush=yes granularity=4096");
            TargetDescription target = new(0, 4711, 123456, "redis sërver", "redis --password=secret");
            for (int i = 0; i < 3; i++)
            {
                writer.OnContext(context);
                writer.OnTarget(target);
            }

            writer.OnTarget(target with { Pid = 4712 });
            writer.OnHeartbeat(new Heartbeat { NrLate = 4, NrMissed = 5 });
            writer.OnSnapshot(ExpectedTable.Ordinary(0, 10));
            writer.OnEnd(new RecordingEnd(8, 2, 99, 7, "line 3: cut"));
        }

        Dictionary<string, string?> pairs = ForeignReader.Read(reader, [path], "metadata")[0].ToDictionary(p => p[0]!, p => p[1]);
        Assert.Equal("access-bits", pairs["damon_trace.context.0.access_check"]);
        Assert.Equal("flush=yes granularity=4096", pairs["damon_trace.context.0.labels"]);
        Assert.Equal("5000", pairs["damon_trace.context.0.sample_us"]);
        Assert.False(pairs.ContainsKey("damon_trace.context.1.kdamond"));
        Assert.Equal("redis sërver", pairs["damon_trace.target.0.comm"]);
        Assert.Equal(("4711", "4712"), (pairs["damon_trace.target.0.pid"], pairs["damon_trace.target.1.pid"]));
        Assert.Equal(("7", "2", "10", "0"), (pairs["damon_trace.lost_events"], pairs["damon_trace.incomplete_snapshots"],
            pairs["damon_trace.rows"], pairs["damon_trace.rows_lost"]));
        Assert.Equal(("4", "5"), (pairs["damon_trace.late_checks"], pairs["damon_trace.missed_checks"]));
        Assert.Equal("line 3: cut", pairs["damon_trace.truncation"]);
        Assert.DoesNotContain(pairs.Values, value => value!.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Schema_IsWhatTheNamesSay()
    {
        ForeignReader.SkipIfMissing();
        string path = _directory.Of("schema.parquet");
        Write(path, new ExpectedTable(), new ParquetOptions());
        List<string?[]> columns = ForeignReader.Read(ForeignReader.DuckDb, [path], "schema")[0];
        Assert.Equal(ExpectedTable.Columns, columns.Select(column => column[0]));
        Assert.Equal(
            "TIMESTAMP WITH TIME ZONE,BIGINT,VARCHAR,INTEGER,INTEGER,UBIGINT,INTEGER,UBIGINT,UINTEGER,UINTEGER,UBIGINT,UBIGINT,"
            + "UINTEGER,UINTEGER,UBIGINT,UBIGINT,BIGINT,BIGINT,BOOLEAN,UINTEGER,UINTEGER,UINTEGER,"
            + "UINTEGER,UINTEGER,UBIGINT,UBIGINT,UBIGINT,FLOAT,FLOAT,FLOAT,FLOAT",
            string.Join(',', columns.Select(column => column[1])));
    }

    [Fact]
    public void MicrosecondTimestamps_AreReadAsSuch()
    {
        ForeignReader.SkipIfMissing();
        ExpectedTable table = new();
        table.Add(ExpectedTable.Ordinary(1, 150));
        string path = _directory.Of("microseconds.parquet");
        Write(path, table, Small(ParquetCompression.None) with { MicrosecondTimestamps = true });

        string?[] timestamp = ForeignReader.Read(ForeignReader.Hyparquet, [path], "schema")[0][0];
        Assert.Contains("MICROS", timestamp[1], StringComparison.Ordinal);
        List<string?[]> rows = ForeignReader.Read(ForeignReader.Hyparquet, [path], "rows")[0];
        Assert.Equal(table.Rows.Select(row => row[0]![..^3]), rows.Select(row => row[0]));
        AssertRows(table, ForeignReader.Read(ForeignReader.DuckDb, [path], "rows")[0], ForeignReader.DuckDb, "microseconds");
    }

    internal static ParquetOptions Small(ParquetCompression compression) =>
        new() { Compression = compression, PageRows = PageRows, RowGroupRows = RowGroupRows };

    internal static void AssertRows(ExpectedTable table, List<string?[]> actual, string reader, string shown)
    {
        for (int i = 0; i < Math.Min(table.Rows.Count, actual.Count); i++)
        {
            string?[] expected = [.. table.Rows[i]];
            if (reader == ForeignReader.DuckDb && expected[0] is { } nanoseconds)
            {
                // DuckDB's type with a time zone has microseconds.
                long microseconds = (long)Math.Floor(decimal.Parse(nanoseconds, CultureInfo.InvariantCulture) / 1000);
                expected[0] = (microseconds * 1000).ToString(CultureInfo.InvariantCulture);
            }

            for (int c = 0; c < expected.Length; c++)
            {
                Assert.True(expected[c] == actual[i][c],
                    $"{reader}, {shown}, row {i}, {ExpectedTable.Columns[c]}: {actual[i][c] ?? "null"}, expected {expected[c] ?? "null"}");
            }
        }

        Assert.True(table.Rows.Count == actual.Count, $"{reader}, {shown}: {actual.Count} rows, expected {table.Rows.Count}");
    }

    private void Check(string reader, IEnumerable<(ExpectedTable Table, ParquetCompression Compression)> cases)
    {
        List<(ExpectedTable Table, ParquetCompression Compression, string Path)> files = [];
        foreach ((ExpectedTable table, ParquetCompression compression) in cases)
        {
            string path = _directory.Of($"{files.Count}.parquet");
            Write(path, table, Small(compression));
            files.Add((table, compression, path));
        }

        List<List<string?[]>> results = ForeignReader.Read(reader, files.Select(f => f.Path), "rows");
        for (int i = 0; i < files.Count; i++)
        {
            AssertRows(files[i].Table, results[i], reader, $"{files[i].Compression}, {files[i].Table.Rows.Count} rows");
        }
    }

    private static void Write(string path, ExpectedTable table, ParquetOptions options)
    {
        using FileStream file = File.Create(path);
        table.WriteTo(file, options);
    }
}
