using System.Text;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Tests.Damo;
using Damon.Trace.Exporters.Tests.PerfData;

namespace Damon.Trace.Exporters.Tests.Compression;

public sealed class CompressedInputTests(RecordedFile file) : IClassFixture<RecordedFile>
{
    private static readonly string[] s_kinds = ["gzip", "zstd", "xz"];
    private static readonly string[] s_formats = ["nettrace", "text", "perf.data", "perf pipe", "damo json", "damo binary"];

    public static TheoryData<string, string> All
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string kind in s_kinds)
            {
                foreach (string format in s_formats)
                {
                    all.Add(kind, format);
                }
            }

            return all;
        }
    }

    public static TheoryData<string> Kinds => [.. s_kinds];

    [Theory]
    [MemberData(nameof(All))]
    public void CompressedRecording_IsReadAsItIs(string kind, string format)
    {
        Assert.SkipWhen(Compressed.Missing(kind) is not null, Compressed.Missing(kind) ?? "");
        byte[] plain = Recording(format);
        RecordedCalls expected = Read(plain);
        RecordedCalls actual = Read(Compressed.By(kind, plain));
        Assert.NotEmpty(expected.Lines);
        Assert.Equal(expected.Lines, actual.Lines);
        Assert.Equal(expected.End, actual.End);
    }

    /// <summary>Files put together with cat, and what tools for several processors write.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void SeveralCompressedParts_AreOneRecording(string kind)
    {
        Assert.SkipWhen(Compressed.Missing(kind) is not null, Compressed.Missing(kind) ?? "");
        byte[] plain = Recording("text");
        int half = plain.Length / 2;
        byte[] parts = [.. Compressed.By(kind, plain[..half]), .. Compressed.By(kind, plain[half..])];
        Assert.Equal(Read(plain).Lines, Read(parts).Lines);
        Assert.Null(Read(parts).End!.Truncation);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void CompressedTextCutAnywhere_KeepsWhatCameAndSaysSo(string kind)
    {
        Assert.SkipWhen(Compressed.Missing(kind) is not null, Compressed.Missing(kind) ?? "");
        byte[] plain = Recording("text");
        List<string> all = Read(plain).Lines;
        byte[] compressed = Compressed.By(kind, plain);
        int delivered = 0;
        for (int length = 16; length < compressed.Length; length += 1 + (compressed.Length / 150))
        {
            try
            {
                RecordedCalls calls = Read(compressed[..length]);
                Assert.Contains("the compressed data ends early", calls.End!.Truncation, StringComparison.Ordinal);
                int whole = calls.Lines.Count - (int)calls.End.IncompleteSnapshots;
                Assert.Equal(all.Take(whole), calls.Lines.Take(whole));
                delivered = Math.Max(delivered, whole);
            }
            catch (RecordingFormatException e)
            {
                Assert.Contains("the compressed data ends early", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(delivered, 1, all.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void DamagedData_IsTold(string kind)
    {
        Assert.SkipWhen(Compressed.Missing(kind) is not null, Compressed.Missing(kind) ?? "");
        byte[] compressed = Compressed.By(kind, Recording("text"));
        int told = 0;
        for (int i = 0; i < 64; i++)
        {
            byte[] damaged = [.. compressed];
            damaged.AsSpan(compressed.Length / 2, 16).Fill((byte)(i * 7));
            try
            {
                told += Read(damaged).End!.Truncation is null ? 0 : 1;
            }
            catch (RecordingFormatException)
            {
                told++;
            }
        }

        Assert.InRange(told, 63, 64);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LongInput_IsExpandedInBoundedMemory(string kind)
    {
        Assert.SkipWhen(Compressed.Missing(kind) is not null, Compressed.Missing(kind) ?? "");
        string line = "       kdamond.0      77 [000]   100.000000: damon:damon_aggregated: target_id=0 nr_regions=1 4096-8192: 0 1\n";
        byte[] compressed = Compressed.By(kind, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, 40_000))));
        using RecordingReader reader = new(new MemoryStream(compressed), "x");
        long before = GC.GetAllocatedBytesForCurrentThread();
        PerfScript.CountingSink sink = new();
        reader.Read(sink, CancellationToken.None);
        Assert.Equal(40_000, sink.Regions);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    private static RecordedCalls Read(byte[] bytes)
    {
        RecordedCalls calls = new();
        using RecordingReader reader = new(new MemoryStream(bytes), "x");
        reader.Read(calls, CancellationToken.None);
        return calls;
    }

    private byte[] Recording(string format)
    {
        if (format == "nettrace")
        {
            return file.Bytes;
        }

        if (format == "damo binary")
        {
            return DamoBinaryTests.Write(DamoBinaryVersion.V2, 7, out _);
        }

        using MemoryStream output = new();
        IRecordingSink writer = format switch
        {
            "text" => new PerfScriptWriter(output, new PerfScriptOptions { AllEvents = true }),
            "perf.data" => new PerfDataWriter(output, new PerfDataOptions()),
            "perf pipe" => new PerfPipeWriter(output, new PerfDataOptions()),
            _ => new DamoJsonWriter(output, new DamoJsonOptions()),
        };
        if (format == "damo json")
        {
            new Damo.RandomRecording(3).Play(writer);
        }
        else
        {
            new HostileRecording(3).Send(writer);
        }

        (writer as IDisposable)?.Dispose();
        return output.ToArray();
    }
}
