using System.Text;
using Damon.Trace.Exporters.Tests.Compression;
using Damon.Trace.Exporters.Tests.Torture;

namespace Damon.Trace.Exporters.Tests.Fuzz;

public sealed class CompressedFuzzTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("xz")]
    public void CompressedText_IsReadOrRefused(string kind)
    {
        Assert.SkipWhen(Compressed.Missing(kind) is not null, Compressed.Missing(kind) ?? "");
        byte[] text = Encoding.UTF8.GetBytes(new TortureText().Snapshots(1000, 20).ToString());
        FuzzRun.Run(
            [Compressed.By(kind, text), [.. Compressed.By(kind, text), .. Compressed.By(kind, text)]],
            [],
            (bytes, _) => new RecordingReader(new MemoryStream(bytes), "x"),
            output.WriteLine);
    }
}
