using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Tests.PerfData;
using Damon.Trace.Exporters.Tests.Torture;

namespace Damon.Trace.Exporters.Tests.Fuzz;

public sealed class PerfScriptFuzzTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<byte[]> s_pieces = FuzzRun.Pieces(
        "\n \r\n ~ ~~~~~~~~ \t # : = - / [003] [ ] 77 kdamond.0 100.000000: 100.000000000: damon:damon_aggregated: damon_aggregated: "
        + "damon:damon_region_aggregated: probe_hits=14~00 damon:damon_monitor_intervals_tune:~sample_us=80000\n target_id=0 nr_regions=10 "
        + "nr_regions=4294967295 18446744073709551615 18446744073709551616 99999999999999999999999999 0x 0xffffffffffffffff arg1=1 start= "
        + "None -1 xxxx CPU:1~[LOST~12~EVENTS]\n PERF_RECORD_LOST~lost~9\n sdt_damon:aggregated: "
        + "(~~~~~77) (-------) 100000000000: Nov~29~10:40:42~host~perf[1]: 2026-11-29T10:40:42.123Z [pod/a/b] stdout~F "
        + "2026-11-22~02:00:00.000000 <...> Processed~9~events~and~lost~3~chunks!\n Processed~9~samples~and~lost~12.5%!\n "
        + "#~entries-in-buffer/entries-written:~1/9\n overrun:~7\n <!DOCTYPE~html>\n <script~class=\"trace-data\" </script>\n TRACE:\n |~");

    [Fact]
    public void Text_IsReadOrRefused() => FuzzRun.Run(
        [.. TortureCases.All.Select(torture => torture.Text), .. Enumerable.Range(0, 8).Select(Hostile)],
        s_pieces,
        (bytes, seed) => new AnyReader(seed % 5 == 0 ? new SmallReads(bytes) : new MemoryStream(bytes)),
        output.WriteLine);

    private static byte[] Hostile(int seed)
    {
        using MemoryStream text = new();
        new HostileRecording(seed) { WithAllEvents = true, Events = 200 }.Send(
            new PerfScriptWriter(text, new PerfScriptOptions { AllEvents = true, Nanoseconds = seed % 2 == 0 }));
        return text.ToArray();
    }

    private sealed class AnyReader(Stream input) : IRecordingReader
    {
        public void Read(IRecordingSink sink, CancellationToken cancellation) => new PerfScriptReader(input).ReadTo(sink, cancellation);
    }

    /// <summary>A pipe that gives 13 bytes at a time.</summary>
    private sealed class SmallReads(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 13));
    }
}
