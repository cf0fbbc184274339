using Damon.Trace.Exporters.Tests.Compression;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.Tests.PerfData;

namespace Damon.Trace.Exporters.Tests.Fuzz;

public sealed class PerfDataFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void File_IsReadOrRefused()
    {
        using MemoryStream file = new();
        new HostileRecording(1) { WithAllEvents = true, Events = 300 }.Send(new PerfDataWriter(file, new PerfDataOptions { AllEvents = true }));
        FuzzRun.Run([file.ToArray(), Foreign().ToFile()], [], (bytes, _) => new PerfDataReader(new MemoryStream(bytes)), output.WriteLine);
    }

    [Fact]
    public void Pipe_IsReadOrRefused()
    {
        using MemoryStream pipe = new();
        new HostileRecording(2) { Events = 300, WallOffsetNs = 5 }.Send(new PerfPipeWriter(pipe));
        FuzzRun.Run(
            [pipe.ToArray(), Foreign().ToPipe()],
            [],
            (bytes, seed) => new PerfDataReader(seed % 2 == 0 ? new ForwardOnlyStream(bytes) : new MemoryStream(bytes)),
            output.WriteLine);
    }

    /// <summary>What we never write ourselves: read values, call chains, other events, forks, payloads, losses, compressed records.</summary>
    private static PerfDataBuilder Foreign()
    {
        PerfDataBuilder other = new PerfDataBuilder { SampleType = 0x107ff, ReadFormat = 0xf, ReadField = new byte[24], Callchain = new byte[8] }
            .Aggregated().Event("damon", "damos_before_apply", 8, ("context_idx", 8, 4))
            .Comm(77, "kdamond.0", 0).Fork(77, 78, 4).Record(71, 0, new byte[40]).Record(2, 0, new byte[16]);
        for (ulong i = 0; i < 100; i++)
        {
            other.Region(1000 - i, 10, i, i + 1, tid: 77 + (int)(i % 2)).Round();
        }

        other.Record(81, 0, Compressed.Zstd(other.SampleBytes(9, new byte[52])));
        return other;
    }
}
