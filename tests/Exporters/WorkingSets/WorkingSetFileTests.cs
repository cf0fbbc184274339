using System.Text;
using System.Text.Json;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Tests.Fuzz;
using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Exporters.Tests.WorkingSets;

/// <summary>What is written is read again; what is broken is refused and says where and why.</summary>
public sealed class WorkingSetFileTests
{
    [Fact]
    public void WhatIsWritten_IsReadAgain()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            WorkingSetDocument document = RandomWorkingSet.Create(seed);
            byte[] bytes = RandomWorkingSet.Bytes(document);

            Assert.True(WorkingSetReader.IsBegin(bytes));
            WorkingSetDocument read = WorkingSetReader.Read(new MemoryStream(bytes), "a");

            // Written again it is the same to the byte, so nothing was lost; and one field of each kind, that nothing was swapped.
            Assert.Equal(bytes, RandomWorkingSet.Bytes(read));
            Assert.Equal(document.Files, read.Files);
            Assert.Equal(document.Target, read.Target);
            Assert.Equal(document.Mappings.Select(static mapping => mapping.Touched), read.Mappings.Select(static mapping => mapping.Touched));
            Assert.Equal((document.WindowNs, document.TouchedBytes, document.UnknownBytes), (read.WindowNs, read.TouchedBytes, read.UnknownBytes));
        }
    }

    [Fact]
    public void AFile_IsOneJsonDocumentWithALineForEachMapping()
    {
        WorkingSetDocument document = RandomWorkingSet.Of(
            [new WorkingSetFile("/lib/a", 10_000, 5, "ab")], [RandomWorkingSet.Mapping(0x1000, 4, "/lib/a", 0, 4096, 1, 2)]);

        string text = Encoding.UTF8.GetString(RandomWorkingSet.Bytes(document));

        Assert.Equal(
            """
            {"format":"damon-trace working set","version":1,"taken_wall_ns":1,"window_ns":1000000000,"read_ns":1,"page_bytes":4096,
            "target":{"pid":42,"start_time_ticks":7,"boot_id":"boot","comm":"app","command_line":"app --now"},
            "files":[
            {"path":"/lib/a","size_bytes":10000,"modified_ns":5,"build_id":"ab"}],
            "mappings":[
            {"start":4096,"end":20480,"permissions":"rw-p","name":"/lib/a","file":0,"file_offset_bytes":4096,"resident_pages":4,"unknown_pages":0,"touched":[1,2]}]}

            """,
            text);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(text).RootElement.ValueKind);
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", "version 2, this program reads version 1")]
    [InlineData("damon-trace working set", "something else", "$.format")]
    [InlineData("\"page_bytes\":4096", "\"page_bytes\":5000", "$.page_bytes: 5000")]
    [InlineData("\"window_ns\":1000000000", "\"window_ns\":0", "$.window_ns")]
    [InlineData("\"pid\":42", "\"pid\":\"x\"", "line 2, byte ")]
    [InlineData("\"pid\":42,", "", "'pid'")]
    [InlineData("\"comm\":\"app\"", "\"comm\":null", "line 2, byte ")]
    [InlineData("\"path\":\"/lib/a\"", "\"path\":\"lib/a\"", "$.files[0].path: not an absolute path")]
    [InlineData("\"build_id\":\"ab\"", "\"build_id\":\"xyz\"", "$.files[0].build_id: not hexadecimal")]
    [InlineData("\"name\":\"/lib/a\"", "\"nome\":\"/lib/a\"", "line 6, byte ")]
    [InlineData("\"end\":20480", "\"end\":20481", "$.mappings[0].end: 20481")]
    [InlineData("\"end\":20480", "\"end\":4096", "$.mappings[0].end: 4096 is not behind its start")]
    [InlineData("\"file\":0", "\"file\":1", "$.mappings[0].file: there is no file 1, there are 1")]
    [InlineData("\"resident_pages\":4", "\"resident_pages\":5", "$.mappings[0].resident_pages: 5 of 4")]
    [InlineData("\"resident_pages\":4", "\"resident_pages\":1", "$.mappings[0].resident_pages: 1, but 2 touched")]
    [InlineData("\"touched\":[1,2]", "\"touched\":[1,2,3]", "$.mappings[0].touched: 3 numbers are no pairs")]
    [InlineData("\"touched\":[1,2]", "\"touched\":[1,4]", "$.mappings[0].touched[1]: 4 pages from page 1 on, of 4")]
    [InlineData("\"touched\":[1,2]", "\"touched\":[0,1,1,1]", "$.mappings[0].touched[2]: page 1, expected 2 or more")]
    [InlineData("\"touched\":[1,2]", "\"touched\":[1,18446744073709551615]", "$.mappings[0].touched[1]")]
    [InlineData("]}\n", "]", "line 6")]
    [InlineData("]}\n", "]}\n{}", "line 7, byte 1")]
    public void WhatIsBroken_SaysWhereAndWhat(string whole, string broken, string message)
    {
        WorkingSetDocument document = RandomWorkingSet.Of(
            [new WorkingSetFile("/lib/a", 10_000, 5, "ab")], [RandomWorkingSet.Mapping(0x1000, 4, "/lib/a", 0, 4096, 1, 2)]);
        string text = Encoding.UTF8.GetString(RandomWorkingSet.Bytes(document)).Replace(whole, broken, StringComparison.Ordinal);

        RecordingFormatException refused = Assert.Throws<RecordingFormatException>(
            () => WorkingSetReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "a.workingset"));

        Assert.Contains("'a.workingset'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(refused.Hint));
        Assert.DoesNotContain("Damon.Trace", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BrokenFiles_AreReadOrRefused()
    {
        byte[][] valid = [.. Enumerable.Range(0, 20).Select(static seed => RandomWorkingSet.Bytes(RandomWorkingSet.Create(seed)))];
        IReadOnlyList<byte[]> pieces = FuzzRun.Pieces("[ ] { } , : \" 0 -1 1e9 18446744073709551616 null true \"touched\" \"file\":7 \\u0000 \\ud800");
        int read = 0;
        int refused = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            Random random = new(seed);
            byte[] bytes = Mutation.Apply(valid[random.Next(valid.Length)], pieces, random);
            try
            {
                _ = WorkingSetReader.Read(new MemoryStream(bytes), "a").TouchedBytes;
                read++;
            }
            catch (RecordingFormatException)
            {
                refused++;
            }
        }

        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    [Fact]
    public void PartsOfAFile_AreJoinedOverItsMappings()
    {
        WorkingSetDocument document = RandomWorkingSet.Of(
            [new WorkingSetFile("/lib/a", 1 << 20, 5, null), new WorkingSetFile("/lib/b", 1 << 20, 5, null)],
            [
                // Pages 0 to 3 and 6 of the file, then pages 2 to 4, then page 5 of another file.
                RandomWorkingSet.Mapping(0x10000, 8, "/lib/a", 0, 0, 0, 4, 6, 1),
                RandomWorkingSet.Mapping(0x20000, 8, "/lib/a", 0, 2 * 4096, 0, 3),
                RandomWorkingSet.Mapping(0x30000, 8, "/lib/b", 1, 5 * 4096, 0, 1),
                RandomWorkingSet.Mapping(0x40000, 8, "", null, 0, 0, 8),
            ]);

        Assert.Equal([(0UL, 5 * 4096UL), (6 * 4096UL, 7 * 4096UL)], document.RangesOf(0));
        Assert.Equal([(5 * 4096UL, 6 * 4096UL)], document.RangesOf(1));
        Assert.Equal((5 + 3 + 1 + 8) * 4096UL, document.TouchedBytes);
    }
}
