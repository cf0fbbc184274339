using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>Pipes, full disks, memory, size.</summary>
public sealed class ParquetOutputTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Pipe_GetsTheSameBytesAsAFile()
    {
        ExpectedTable table = Table(25);
        using MemoryStream file = new();
        table.WriteTo(file, ParquetWriterTests.Small(ParquetCompression.None));
        using PipeStream pipe = new();
        table.WriteTo(pipe, ParquetWriterTests.Small(ParquetCompression.None));
        Assert.Equal(file.ToArray(), pipe.ToArray());
    }

    [Fact]
    public void FullDisk_LeavesAReadableFileAndSaysWhatIsLost()
    {
        ForeignReader.SkipIfMissing();
        ExpectedTable table = Table(50);
        using MemoryStream whole = new();
        table.WriteTo(whole, ParquetWriterTests.Small(ParquetCompression.None));
        List<(string Path, long Kept)> files = [];
        for (long capacity = whole.Length - 1; capacity > 0; capacity -= whole.Length / 40)
        {
            using FullDiskStream disk = new(capacity);
            IOException error = Assert.ThrowsAny<IOException>(
                () => table.WriteTo(disk, ParquetWriterTests.Small(ParquetCompression.None)));
            if (error is not ParquetRescueException rescue)
            {
                // Not even one row group fits together with its footer.
                Assert.InRange(capacity, 0, whole.Length * 2 / 5);
                continue;
            }

            Assert.Equal(0, rescue.RowsKept % 1000);
            // Nothing is lost when only the last bytes of the footer did not fit and a shorter one does.
            Assert.InRange(rescue.RowsLost, capacity == whole.Length - 1 ? 0 : 1, table.Rows.Count);
            string path = _directory.Of($"{capacity}.parquet");
            File.WriteAllBytes(path, disk.ToArray());
            files.Add((path, rescue.RowsKept));
        }

        Assert.NotEmpty(files);
        List<List<string?[]>> results = ForeignReader.Read(ForeignReader.Hyparquet, files.Select(f => f.Path), "rows", "metadata");
        for (int i = 0; i < files.Count; i++)
        {
            ExpectedTable kept = new();
            kept.Rows.AddRange(table.Rows.Take((int)files[i].Kept));
            ParquetWriterTests.AssertRows(kept, results[2 * i], ForeignReader.Hyparquet, files[i].Path);
            Assert.Contains(results[(2 * i) + 1], pair => pair is ["damon_trace.truncation", "No space left on device"]);
        }
    }

    [Fact]
    public void AfterAFullDisk_RowsAreOnlyCounted()
    {
        using FullDiskStream disk = new(60_000);
        using ParquetWriter writer = new(disk, ParquetWriterTests.Small(ParquetCompression.None));
        ParquetRescueException? rescue = null;
        while (rescue is null)
        {
            try
            {
                writer.OnSnapshot(ExpectedTable.Ordinary(1, 100));
            }
            catch (ParquetRescueException e)
            {
                rescue = e;
            }
        }

        long length = disk.Length;
        writer.OnSnapshot(ExpectedTable.Ordinary(2, 100));
        writer.OnEnd(new RecordingEnd(1, 0, 1, 0, null));
        Assert.Equal(length, disk.Length);
        Assert.Equal(rescue.RowsLost + 100, writer.RowsLost);
        Assert.Equal(rescue.RowsKept + writer.RowsLost, writer.Rows);
    }

    [Fact]
    public void ClosedPipe_IsThePipesError()
    {
        using PipeStream pipe = new(readerTakes: 1024);
        Assert.Throws<IOException>(() => Table(50).WriteTo(pipe, ParquetWriterTests.Small(ParquetCompression.None)));
    }

    [Fact]
    public void Rows_CostNoAllocation()
    {
        using ParquetWriter writer = new(Stream.Null);
        Snapshot snapshot = ExpectedTable.Ordinary(1, 1000);
        for (int i = 0; i < 300; i++)
        {
            writer.OnSnapshot(snapshot);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 500; i++)
        {
            writer.OnSnapshot(snapshot);
        }

        // Some kilobytes of footer for each of the four row groups, nothing for the 500,000 rows.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 150_000);
    }

    /// <summary>Seven where every address is a new one each time, as in no process; six where a tenth of them is.</summary>
    [Theory]
    [InlineData(false, 6)]
    [InlineData(true, 7)]
    public void MillionRows_TakeFewBytesEach(bool allMove, double most)
    {
        using MemoryStream file = new();
        using ParquetWriter writer = new(file);
        DamonLikeSource source = new(allMove);
        for (int i = 0; i < 1000; i++)
        {
            writer.OnSnapshot(source.Next());
        }

        writer.OnEnd(new RecordingEnd(1000, 0, 1_000_000, 0, null));
        // A timestamp has two of them: it is PLAIN, because Parquet.Net reads it in no other encoding.
        Assert.InRange(file.Length / 1e6, 1, most);
    }

    private static ExpectedTable Table(int snapshots)
    {
        ExpectedTable table = new();
        for (int i = 0; i < snapshots; i++)
        {
            table.Add(ExpectedTable.Ordinary((ulong)i, 100));
        }

        return table;
    }
}
