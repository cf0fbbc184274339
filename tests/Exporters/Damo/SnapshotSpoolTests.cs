using Damon.Trace.Exporters.Damo;

namespace Damon.Trace.Exporters.Tests.Damo;

public sealed class SnapshotSpoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void EverySeries_KeepsItsOrder(int memoryBytes)
    {
        Random random = new(7);
        using SnapshotSpool spool = new(memoryBytes: memoryBytes);
        SpoolSeries[] series = [.. Enumerable.Range(0, 5).Select(_ => spool.AddSeries())];
        List<string>[] expected = [.. series.Select(_ => new List<string>())];
        for (int i = 0; i < 400; i++)
        {
            int at = random.Next(series.Length);

            // Empty ones, and some larger than the window of a cursor (64 KiB).
            SpooledRegion[] regions = [.. Enumerable.Range(0, i % 97 == 0 ? 5000 : random.Next(6)).Select(
                _ => new SpooledRegion { Start = (ulong)random.Next(), End = ulong.MaxValue, NrAccesses = 3, Age = (uint)random.Next() })];
            SpooledSnapshot snapshot = new() { EndNs = i, Count = regions.Length };
            series[at].Append(snapshot, regions);
            expected[at].Add(Text(snapshot, regions));
        }

        Assert.Equal(memoryBytes < 1_000_000, spool.FileBytes > 0);
        foreach ((SpoolSeries one, List<string> texts) in series.Zip(expected))
        {
            List<string> read = [];
            SpoolCursor cursor = one.Read();
            while (cursor.MoveNext())
            {
                read.Add(Text(cursor.Current, cursor.Regions));
            }

            Assert.Equal(texts, read);
        }
    }

    [Fact]
    public void File_HasNoName()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("damon-trace-spool-");
        try
        {
            using SnapshotSpool spool = new(folder.FullName, memoryBytes: 1);
            spool.AddSeries().Append(default, []);
            Assert.True(spool.FileBytes > 0);
            Assert.Empty(folder.GetFileSystemInfos());
        }
        finally
        {
            folder.Delete();
        }
    }

    private static string Text(in SpooledSnapshot snapshot, ReadOnlySpan<SpooledRegion> regions)
    {
        System.Text.StringBuilder text = new($"{snapshot.EndNs}:");
        foreach (ref readonly SpooledRegion region in regions)
        {
            text.Append($"{region.Start},{region.Age};");
        }

        return text.ToString();
    }
}
