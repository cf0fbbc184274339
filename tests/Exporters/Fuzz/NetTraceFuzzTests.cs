using Damon.Trace.Benchmarks;
using Damon.Trace.Exporters.Recordings.NetTrace;

namespace Damon.Trace.Exporters.Tests.Fuzz;

[Collection(SessionGroup.Name)]
public sealed class NetTraceFuzzTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<byte[]> s_pieces = FuzzRun.Pieces("Nettrace !FastSerialization.1 Trace EventBlock MetadataBlock StackBlock SPBlock");

    [Fact]
    public void Stream_IsReadOrRefused()
    {
        // Small, so that a change hits something that matters; a real session all the same.
        string path = Path.Combine(Path.GetTempPath(), $"damon-trace-{Guid.NewGuid():N}.nettrace");
        byte[] small;
        try
        {
            SyntheticRecording.Write(path, 3, 12);
            small = File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }

        FuzzRun.Run([small], s_pieces, (bytes, _) => new NetTraceReader(new MemoryStream(bytes)), output.WriteLine);
    }

    /// <summary>The first bytes decide about the reader; whatever they are, one is chosen or the input refused.</summary>
    [Fact]
    public void AnyFormat_IsRecognisedOrRefused() => FuzzRun.Run(
        [
            "Nettrace"u8.ToArray(), "PERFILE2\x10\0\0\0\0\0\0\0"u8.ToArray(), "PERFILE2\x68\0\0\0\0\0\0\0"u8.ToArray(), "damon_recfmt_ver\x02\0\0\0"u8.ToArray(),
            "[{\"kdamond_idx\":0,\"snapshots\":[]}]"u8.ToArray(), [0x78, 0x9c, 0x8b, 0x8e, 5, 0, 0, 0xb9, 1, 0x72], new byte[100],
            " kdamond.0 77 [001] 12.345678: damon:damon_aggregated: target_id=3 nr_regions=1 4096-8192: 5 9\n"u8.ToArray(),
        ],
        s_pieces,
        (bytes, _) => new RecordingReader(new MemoryStream(bytes), "fuzz"),
        output.WriteLine);
}
