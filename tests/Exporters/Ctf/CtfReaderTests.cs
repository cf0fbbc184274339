using Damon.Trace.Exporters.Ctf;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Wss;

namespace Damon.Trace.Exporters.Tests.Ctf;

/// <summary>What was written as CTF is read back.</summary>
public sealed class CtfReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("damon-trace-ctf-").FullName;

    private string Trace => Path.Combine(_folder, "trace");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TextAndWorkingSet_AreTheSame()
    {
        string text = Text(120);
        using (RecordingReader reader = Reader(text))
        {
            reader.Read(new CtfWriter(Trace, new CtfOptions { PacketEvents = 50 }), CancellationToken.None);
        }

        using MemoryStream script = new();
        RecordingFolder.Open(Trace).Read(new PerfScriptWriter(script, new PerfScriptOptions()), CancellationToken.None);
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(script.ToArray()));
        Assert.Equal(Wss(() => Reader(text)), Wss(() => RecordingFolder.Open(Trace)));
    }

    [Fact]
    public void RandomRecording_ComesBackEventByEvent()
    {
        using (RecordingReader reader = Reader(Text(10)))
        {
            reader.Read(new CtfWriter(Trace, new CtfOptions { WallOffsetNs = 1_790_000_000_000_000_123 }), CancellationToken.None);
        }

        RecordedCalls calls = new();
        List<long?> offsets = [];
        RecordedCalls seen = new() { Seen = snapshot => offsets.Add(snapshot.WallOffsetNs) };
        RecordingFolder.Open(Trace).Read(seen, CancellationToken.None);
        Assert.All(offsets, offset => Assert.Equal(1_790_000_000_000_000_123, offset));
        Assert.Equal(10, seen.End!.Snapshots);
        Assert.Contains("a CTF trace holds events only", Assert.Single(seen.End.Notes), StringComparison.Ordinal);

        string stream = Directory.GetFiles(Trace, "channel0_*").Order().First();
        using (FileStream file = new(stream, FileMode.Open))
        {
            file.SetLength(200);
        }

        RecordingFolder.Open(Trace).Read(calls, CancellationToken.None);
        Assert.Equal($"{Path.GetFileName(stream)}, offset 0: the file ends inside a packet", calls.End!.Truncation);
    }

    [Fact]
    public void TraceOfOthers_IsRefused()
    {
        Directory.CreateDirectory(Trace);
        File.WriteAllText(Path.Combine(Trace, "metadata"), "/* CTF 1.8 */ env { tracer_name = \"lttng-ust\"; };");
        RecordingFormatException e = Assert.Throws<RecordingFormatException>(() => RecordingFolder.Open(Trace).Read(new RecordedCalls(), CancellationToken.None));
        Assert.Contains("is not of damon-trace", e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Hint);
    }

    /// <summary>Two targets of a kdamond that wanders between two CPUs, with times that repeat within a microsecond.</summary>
    private static string Text(int snapshots)
    {
        System.Text.StringBuilder text = new();
        for (int n = 0; n < snapshots; n++)
        {
            for (int r = 0; r < 9; r++)
            {
                text.Append(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"       kdamond.0      77 [00{r / 3 % 2}]   {100 + (n / 10)}.{n % 10}0000{r / 4}: damon:damon_aggregated: target_id={n % 2} nr_regions=9 ");
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{4096 * (r + 1)}-{4096 * (r + 2)}: {r % 4} {n}\n");
            }
        }

        return text.ToString();
    }

    private static RecordingReader Reader(string text) => new(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)), "text");

    private static string Wss(Func<IRecordingReader> open)
    {
        using StringWriter output = new();
        WssReport.Write(open, new WssOptions(), ReportFormat.Text, output, CancellationToken.None);
        return output.ToString();
    }
}
