using Damon.Trace.Events;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Recordings;
using NetParquet = global::Parquet;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>Regions get the accesses that were sampled in them, and what nobody sampled is unknown.</summary>
public sealed class WriteSharesTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Share_IsOfWeightOfTheRegion()
    {
        WriteShares writes = new();
        writes.Add(At(0x1000, 1, isWrite: 1, weight: 3));
        writes.Add(At(0x1fff, 2, isWrite: 0, weight: 1));
        writes.Add(At(0x2000, 3, isWrite: 0, weight: 5));
        writes.Take(Regions(Second, 0x1000, 0x2000, 0x3000, 0x4000));

        Assert.True(writes.Any);
        Assert.Equal(0.75f, writes.Share(0));
        Assert.Equal(16 / 10f, writes.Looks(0));
        Assert.Equal(0f, writes.Share(1));
        Assert.Null(writes.Share(2));
        Assert.Null(writes.Looks(2));
    }

    [Fact]
    public void OneLook_IsOneDraw()
    {
        WriteShares writes = new();
        for (int i = 0; i < 4; i++)
        {
            writes.Add(At(0x1000, 1, isWrite: 1, weight: 1));
        }

        writes.Add(At(0x1000, 2, isWrite: 0, weight: 4));
        writes.Take(Regions(Second, 0x1000, 0x2000));

        Assert.Equal(0.5f, writes.Share(0));
        Assert.Equal(2f, writes.Looks(0));
    }

    [Fact]
    public void Nobody_IsUnknown()
    {
        WriteShares writes = new();
        writes.Add(At(0x1000, 1, isWrite: AccessRecord.UnknownDirection, weight: 1));
        writes.Add(At(0x1000, 2, isWrite: 1, weight: 1) with { Kind = AccessEventKind.HugePages });
        writes.Take(Regions(Second, 0x1000, 0x2000));
        Assert.False(writes.Any);
        Assert.Null(writes.Share(0));

        // Of another target.
        writes.Add(At(0x1000, 3, isWrite: 1, weight: 1, target: 1));
        writes.Take(Regions(Second, 0x1000, 0x2000));
        Assert.False(writes.Any);
    }

    [Fact]
    public void Samples_AreForgottenAfterTenSeconds()
    {
        WriteShares writes = new();
        writes.Add(At(0x1000, 1, isWrite: 1, weight: 1));
        writes.Take(Regions(10 * Second, 0x1000, 0x2000));
        Assert.Equal(1f, writes.Share(0));
        writes.Take(Regions((10 * Second) + 1, 0x1000, 0x2000));
        Assert.Null(writes.Share(0));
    }

    /// <summary>Memory and time are bounded: of more samples the latest serve.</summary>
    [Fact]
    public void Samples_AreTheLatest()
    {
        WriteShares writes = new();
        for (uint i = 1; i <= 5000; i++)
        {
            writes.Add(At(0x1000, i, isWrite: (byte)(i <= 5000 - 1024 ? 0 : 1), weight: 1));
        }

        writes.Take(Regions(Second, 0x1000, 0x2000));
        Assert.Equal(2048f, writes.Looks(0));
        Assert.Equal(0.5f, writes.Share(0));
    }

    /// <summary>Every seventh region was sampled, as written by a third; of the others the file says nothing.</summary>
    [Fact]
    public async Task File_HasNullWhereNobodySampled()
    {
        using MemoryStream file = new();
        using (ParquetWriter writer = new(file, ParquetWriterTests.Small(ParquetCompression.None)))
        {
            Snapshot snapshot = ExpectedTable.Ordinary(1, 700);
            ulong probe = 0;
            for (int i = 0; i < snapshot.Count; i += 7)
            {
                for (int draw = 0; draw < 3; draw++)
                {
                    AccessEvent access = At(snapshot.Regions[i].Start, ++probe, (byte)(draw == 0 ? 1 : 0), weight: 2);
                    access.Access.TimeNs = (ulong)snapshot.EndNs!;
                    writer.OnAccess(in access);
                }
            }

            writer.OnSnapshot(snapshot);
            writer.OnEnd(new RecordingEnd(1, 0, 700, 0, null));
        }

        file.Position = 0;
        await using NetParquet.ParquetReader reader = await NetParquet.ParquetReader.CreateAsync(file);
        int row = 0;
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            using NetParquet.ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
            float?[] shares = await Read(rows, reader, "write_share");
            float?[] looks = await Read(rows, reader, "write_looks");
            for (int i = 0; i < shares.Length; i++, row++)
            {
                Assert.Equal(row % 7 == 0 ? 1 / 3f : null, shares[i]);
                Assert.Equal(row % 7 == 0 ? 3f : null, looks[i]);
            }
        }

        Assert.Equal(700, row);
    }

    private static async Task<float?[]> Read(NetParquet.ParquetRowGroupReader rows, NetParquet.ParquetReader reader, string name)
    {
        float?[] values = new float?[rows.RowCount];
        await rows.ReadAsync(reader.Schema.GetDataFields().Single(field => field.Name == name), values.AsMemory());
        return values;
    }

    private static AccessEvent At(ulong address, ulong probe, byte isWrite, double weight, ulong target = 0) => new()
    {
        Access = new AccessRecord { TargetId = target, Address = address, Probe = probe, IsWrite = isWrite, Weight = weight },
    };

    private static Snapshot Regions(long endNs, params ulong[] borders)
    {
        Snapshot snapshot = new() { EndNs = endNs };
        for (int i = 1; i < borders.Length; i++)
        {
            snapshot.Add(new RegionEvent { TimestampNs = endNs, Start = borders[i - 1], End = borders[i] });
        }

        return snapshot;
    }
}
