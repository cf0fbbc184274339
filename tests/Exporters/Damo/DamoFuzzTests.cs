using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Recordings;
using Xunit.Abstractions;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>
/// Broken input of every kind: a reader may only refuse it with <see cref="RecordingFormatException"/> or deliver what came before.
/// Short by default; DAMON_TRACE_FUZZ_SECONDS sets the seconds per reader, DAMON_TRACE_SEED repeats one case.
/// </summary>
public sealed class DamoFuzzTests(ITestOutputHelper log)
{
    private static readonly byte[][] s_pieces =
    [
        .. "[|]|{|}|,|:|\"|null|true|-1|1e999|0.5|99999999999999999999|\"1,000\"|\"4 KiB\"|\"max\"|\"13 m 20 s\"|\\u0000|\"regions\":[|\"\":"
            .Split('|').Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xFF, 0xFF, 0xFF],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0xC3, 0x28],
    ];

    [Fact]
    public void Json_IsReadOrRefused() => Fuzz(
        seed => Encoding.UTF8.GetBytes(DamoJsonWriterTests.Write(sink => new RandomRecording(seed % 16) { Aggregations = 2, MaxRegions = 6 }.Play(sink))),
        bytes => new DamoJsonReader(new MemoryStream(bytes)));

    [Fact]
    public void CompressedJson_IsReadOrRefused() => Fuzz(
        seed => DamoJsonReaderTests.Compress(
            DamoJsonWriterTests.Write(sink => new RandomRecording(seed % 16) { Aggregations = 2, MaxRegions = 6 }.Play(sink))),
        bytes => new DamoJsonReader(new MemoryStream(bytes)));

    /// <summary>Valid zlib around broken json: the mutations reach the parser.</summary>
    [Fact]
    public void BrokenJsonInsideZlib_IsReadOrRefused() => Fuzz(
        seed => Encoding.UTF8.GetBytes(DamoJsonWriterTests.Write(sink => new RandomRecording(seed % 16) { Aggregations = 1, MaxRegions = 3 }.Play(sink))),
        bytes =>
        {
            using MemoryStream output = new();
            using (ZLibStream zlib = new(output, CompressionLevel.Fastest, leaveOpen: true))
            {
                zlib.Write(bytes);
            }

            return new DamoJsonReader(new MemoryStream(output.ToArray()));
        });

    [Fact]
    public void Binary_IsReadOrRefused() => Fuzz(
        seed => DamoBinaryTests.Write((DamoBinaryVersion)(seed % 3), seed % 48, out _),
        bytes => new DamoBinaryReader(new MemoryStream(bytes)));

    private void Fuzz(Func<int, byte[]> valid, Func<byte[], IRecordingReader> open)
    {
        string? seconds = Environment.GetEnvironmentVariable("DAMON_TRACE_FUZZ_SECONDS");
        TimeSpan limit = TimeSpan.FromSeconds(seconds is null ? 1 : double.Parse(seconds, CultureInfo.InvariantCulture));
        string? only = Environment.GetEnvironmentVariable("DAMON_TRACE_SEED");
        int first = only is null ? 0 : int.Parse(only, CultureInfo.InvariantCulture);
        long refused = 0;
        long read = 0;
        Dictionary<int, byte[]> inputs = [];
        Stopwatch watch = Stopwatch.StartNew();
        for (int seed = first; only is null ? watch.Elapsed < limit : seed == first; seed++)
        {
            if (!inputs.TryGetValue(seed % 48, out byte[]? input))
            {
                inputs.Add(seed % 48, input = valid(seed % 48));
            }

            byte[] bytes = Mutate(input, new Random(seed));
            try
            {
                open(bytes).Read(new Discard(), CancellationToken.None);
                read++;
            }
            catch (RecordingFormatException e)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Message));
                refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"DAMON_TRACE_SEED={seed} fails: {Convert.ToHexString(bytes)}", e);
            }
        }

        long peakMb = Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
        log.WriteLine($"{read} read, {refused} refused, {watch.Elapsed.TotalSeconds:F0} s, peak {peakMb} MB");
        Assert.True(peakMb < 1024, $"{peakMb} MB");
    }

    private static byte[] Mutate(byte[] input, Random random)
    {
        List<byte> bytes = [.. input];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                case 4:
                    bytes.InsertRange(at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add(0);
            }
        }

        return [.. bytes];
    }

    private sealed class Discard : IRecordingSink
    {
        private bool _ended;

        public void OnSnapshot(Snapshot snapshot)
        {
            Assert.False(_ended);
            Assert.True((uint)snapshot.Count <= snapshot.NrRegions);
        }

        public void OnEnd(RecordingEnd end)
        {
            Assert.False(_ended);
            _ended = true;
        }
    }
}
