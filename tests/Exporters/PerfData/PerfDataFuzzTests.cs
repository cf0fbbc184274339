using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>
/// Damaged files end as a truncation or a <see cref="RecordingFormatException"/>, soon and without much memory. DAMON_TRACE_FUZZ_SECONDS
/// runs it longer, DAMON_TRACE_SEED from another begin.
/// </summary>
public class PerfDataFuzzTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const long MaxAllocatedBytes = 1L << 30;

    [Fact]
    public void Damaged_files_end_well()
    {
        byte[][] files = [.. Files()];
        int seed = Setting("DAMON_TRACE_SEED", 1);
        Stopwatch total = Stopwatch.StartNew();
        int refused = 0;
        int cut = 0;
        long events = 0;
        int first = seed;
        for (TimeSpan limit = TimeSpan.FromSeconds(Setting("DAMON_TRACE_FUZZ_SECONDS", 3)); total.Elapsed < limit; seed++)
        {
            byte[] file = Mutate(files[seed % files.Length], new Random(seed));
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            Stopwatch one = Stopwatch.StartNew();
            try
            {
                Counter sink = new();
                new PerfDataReader(seed % 3 == 0 ? new ForwardOnlyStream(file) : new MemoryStream(file)).Read(sink, CancellationToken.None);
                events += sink.End!.Events;
                cut += sink.End.Truncation is null ? 0 : 1;
            }
            catch (RecordingFormatException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(one.Elapsed < TimeSpan.FromSeconds(10) && allocated < MaxAllocatedBytes, $"seed {seed}: {one.Elapsed}, {allocated} bytes");
        }

        output.WriteLine($"seeds {first}..{seed - 1}: {refused} refused, {cut} cut, {events} events, {total.Elapsed}");
        Assert.True(seed > first && events > 0);
    }

    private static IEnumerable<byte[]> Files()
    {
        using MemoryStream file = new();
        new RandomRecording(1) { WithTunes = true, Events = 300 }.Send(new PerfDataWriter(file, new PerfDataOptions { AllEvents = true }));
        yield return file.ToArray();
        using MemoryStream pipe = new();
        new RandomRecording(2) { Events = 300, WallOffsetNs = 5 }.Send(new PerfPipeWriter(pipe));
        yield return pipe.ToArray();
        PerfDataBuilder other = new PerfDataBuilder { SampleType = 0x107ff, ReadFormat = 0xf, ReadField = new byte[24], Callchain = new byte[8] }
            .Aggregated().Event("damon", "damos_before_apply", 8, ("context_idx", 8, 4))
            .Comm(77, "kdamond.0", 0).Fork(77, 78, 4).Record(71, 0, new byte[40]).Record(2, 0, new byte[16]);
        for (ulong i = 0; i < 100; i++)
        {
            other.Region(1000 - i, 10, i, i + 1, tid: 77 + (int)(i % 2)).Round();
        }

        if (Exporters.Parquet.LibZstd.IsAvailable)
        {
            nint context = Exporters.Parquet.LibZstd.CreateContext();
            byte[] compressed = new byte[4096];
            int length = Exporters.Parquet.LibZstd.Compress(context, compressed, other.SampleBytes(9, new byte[52]), 1);
            Exporters.Parquet.LibZstd.FreeContext(context);
            other.Record(81, 0, compressed[..length]);
        }

        yield return other.ToFile();
        yield return other.ToPipe();
    }

    /// <summary>Some bytes changed, often to borders of ranges; sometimes a part left out, doubled, or the end cut off.</summary>
    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] file = [.. original];
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            // The head decides more than its size: every second change goes there.
            int at = random.Next(random.Next(2) == 0 ? Math.Min(1500, file.Length) : file.Length);
            switch (random.Next(6))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[at] = (byte)random.Next(256);
                    break;
                case 2:
                    file.AsSpan(at, Math.Min(file.Length - at, 1 << random.Next(4))).Fill((byte)(random.Next(2) * 255));
                    break;
                case 3:
                    BitConverter.GetBytes(random.NextInt64() >> random.Next(64)).AsSpan(0, Math.Min(8, file.Length - at)).CopyTo(file.AsSpan(at));
                    break;
                case 4:
                    int length = Math.Min(random.Next(200), file.Length - at);
                    file = random.Next(2) == 0 ? [.. file[..at], .. file[(at + length)..]] : [.. file[..(at + length)], .. file[at..]];
                    break;
                default:
                    file = random.Next(4) == 0 ? file[..at] : file;
                    break;
            }

            if (file.Length == 0)
            {
                break;
            }
        }

        return file;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private sealed class Counter : IRecordingSink
    {
        public RecordingEnd? End { get; private set; }

        public void OnSnapshot(Snapshot snapshot) => Assert.True(snapshot.Count > 0);

        public void OnEnd(RecordingEnd end) => End = end;
    }
}
