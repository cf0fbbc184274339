using System.IO.Compression;
using System.Text;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Tests.Damo;
using RandomRecording = Damon.Trace.Exporters.Tests.Damo.RandomRecording;

namespace Damon.Trace.Exporters.Tests.Fuzz;

public sealed class DamoFuzzTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<byte[]> s_json = FuzzRun.Pieces(
        "[ ] { } , : \" null true -1 1e999 0.5 99999999999999999999 \"1,000\" \"4~KiB\" \"max\" \"13~m~20~s\" \\u0000 \"regions\":[ \"\": \"snapshots\":[");

    [Fact]
    public void Json_IsReadOrRefused() =>
        FuzzRun.Run([.. Enumerable.Range(0, 16).Select(Json)], s_json, (bytes, _) => new DamoJsonReader(new MemoryStream(bytes)), output.WriteLine);

    [Fact]
    public void CompressedJson_IsReadOrRefused() => FuzzRun.Run(
        [.. Enumerable.Range(0, 16).Select(seed => Zlib(Json(seed)))],
        [],
        (bytes, _) => new DamoJsonReader(new MemoryStream(bytes)),
        output.WriteLine);

    /// <summary>Valid zlib around broken json: the mutations reach the parser.</summary>
    [Fact]
    public void BrokenJsonInsideZlib_IsReadOrRefused() => FuzzRun.Run(
        [.. Enumerable.Range(0, 16).Select(Json)], s_json, (bytes, _) => new DamoJsonReader(new MemoryStream(bytes)), output.WriteLine, Zlib);

    [Fact]
    public void Binary_IsReadOrRefused() => FuzzRun.Run(
        [.. Enumerable.Range(0, 48).Select(seed => DamoBinaryTests.Write((DamoBinaryVersion)(seed % 3), seed, out _))],
        FuzzRun.Pieces("damon_recfmt_ver"),
        (bytes, _) => new DamoBinaryReader(new MemoryStream(bytes)),
        output.WriteLine);

    private static byte[] Json(int seed) => Encoding.UTF8.GetBytes(
        DamoJsonWriterTests.Write(sink => new RandomRecording(seed) { Aggregations = 2, MaxRegions = 6 }.Play(sink)));

    private static byte[] Zlib(byte[] bytes)
    {
        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return compressed.ToArray();
    }
}
