using System.Globalization;
using System.Text;
using System.Text.Json;
using Damon.Trace.Events;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>What perf makes of our files: the installed one, and one of the other width where tools/build-perf made it.</summary>
public class PerfDataWriterTests
{
    private const long WallOffsetNs = 1_795_312_800_000_000_000;

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(1, false, true)]
    [InlineData(2, true, true)]
    public void Perf_prints_a_file_as_we_do(int seed, bool allEvents, bool built)
    {
        (string perf, PerfCompat compat) = PerfTool.Require(built);
        using TempFile file = new();
        WriteFile(file.Path, seed, allEvents);
        (_, byte[] printed, string error) = PerfTool.RunOf(perf, null, "script", "-i", file.Path);
        Assert.DoesNotContain("out of order", error, StringComparison.Ordinal);
        PerfTool.AssertSameText(OurText(seed, allEvents, compat), printed);
    }

    [Theory]
    [InlineData(3, false, false)]
    [InlineData(4, true, false)]
    [InlineData(3, false, true)]
    [InlineData(4, true, true)]
    public void Perf_prints_a_pipe_as_we_do(int seed, bool allEvents, bool built)
    {
        (string perf, PerfCompat compat) = PerfTool.Require(built);
        using MemoryStream pipe = new();
        Random(seed, allEvents).Send(new PerfPipeWriter(pipe, new PerfDataOptions { AllEvents = allEvents }));
        (_, byte[] printed, string error) = PerfTool.RunOf(perf, pipe.ToArray(), "script", "-i", "-");
        Assert.DoesNotContain("out of order", error, StringComparison.Ordinal);
        PerfTool.AssertSameText(OurText(seed, allEvents, compat), printed);
    }

    [Fact]
    public void Perf_prints_no_cpu_where_the_source_tells_none()
    {
        Assert.SkipWhen(PerfTool.Missing is not null, PerfTool.Missing ?? "");
        using TempFile file = new();
        using (FileStream stream = File.Create(file.Path))
        {
            SendTwo(new PerfDataWriter(stream), cpu: -1);
        }

        using MemoryStream text = new();
        SendTwo(new PerfScriptWriter(text, new PerfScriptOptions { Compat = PerfTool.Compat }), cpu: -1);
        PerfTool.AssertSameText(text.ToArray(), PerfTool.Run(null, "script", "-i", file.Path).Output);
    }

    [Fact]
    public void Perf_shows_header_report_time_of_day_and_json()
    {
        Assert.SkipWhen(PerfTool.Missing is not null, PerfTool.Missing ?? "");
        using TempFile file = new();
        using (FileStream stream = File.Create(file.Path))
        {
            SendTwo(new PerfDataWriter(stream, new PerfDataOptions { CommandLine = ["damon-trace", "export", "-o", "x.perf.data"] }), cpu: 1);
        }

        string header = PerfTool.Text("report", "--stdio", "-i", file.Path, "--header");
        Assert.Contains($"# hostname : {File.ReadAllText("/proc/sys/kernel/hostname").Trim()}", header, StringComparison.Ordinal);
        Assert.Contains($"# os release : {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}", header, StringComparison.Ordinal);
        Assert.Contains($"# nrcpus online : {Environment.ProcessorCount}", header, StringComparison.Ordinal);
        Assert.Contains("# cmdline : damon-trace export -o x.perf.data", header, StringComparison.Ordinal);
        Assert.Contains("# event : name = damon:damon_aggregated", header, StringComparison.Ordinal);
        Assert.Contains("# clockid: monotonic (1)", header, StringComparison.Ordinal);
        Assert.Contains("target_id=0 nr_regions=1 4096-8192: 3 4", header, StringComparison.Ordinal);
        Assert.Contains("# event : name = damon:damon_aggregated", PerfTool.Text("script", "--header", "-i", file.Path), StringComparison.Ordinal);

        string timeOfDay = PerfTool.Text("script", "-i", file.Path, "-F", "tod");
        string expected = DateTimeOffset.FromUnixTimeMilliseconds((WallOffsetNs / 1_000_000) + 5_000)
            .ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        Assert.StartsWith(expected, timeOfDay.Split('\n')[0], StringComparison.Ordinal);

        Assert.Contains("9.000000: damon:", PerfTool.Text("script", "-i", file.Path, "--time", "8,10"), StringComparison.Ordinal);
        Assert.DoesNotContain("5.000000: damon:", PerfTool.Text("script", "-i", file.Path, "--time", "50%-100%"), StringComparison.Ordinal);
    }

    [Fact]
    public void Perf_converts_to_json()
    {
        Assert.SkipWhen(PerfTool.Missing is not null, PerfTool.Missing ?? "");
        using TempFile file = new();
        using TempFile json = new();
        using (FileStream stream = File.Create(file.Path))
        {
            SendTwo(new PerfDataWriter(stream), cpu: 1);
        }

        PerfTool.Text("data", "convert", "--to-json", json.Path, "-i", file.Path);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json.Path));
        JsonElement samples = document.RootElement.GetProperty("samples");
        Assert.Equal(2, samples.GetArrayLength());
        Assert.Equal(5_000_000_000, samples[0].GetProperty("timestamp").GetInt64());
        Assert.Equal("kdamond.0", samples[0].GetProperty("comm").GetString());
        Assert.Equal(77, samples[0].GetProperty("tid").GetInt32());
    }

    [Fact]
    public void An_interrupted_file_is_whole_up_to_the_last_block()
    {
        Assert.SkipWhen(PerfTool.Missing is not null, PerfTool.Missing ?? "");
        using TempFile file = new();
        using FileStream stream = File.Create(file.Path);
        SendTwo(new PerfDataWriter(stream), cpu: 1, end: false);
        stream.Flush();
        (int exitCode, byte[] printed, string error) = PerfTool.Run(null, "script", "-i", file.Path);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(2, Encoding.UTF8.GetString(printed).Split('\n').Length - 1);
        stream.Position = 0;
        Assert.Null(Recorded.Read(stream).End!.Truncation);
    }

    [Fact]
    public void An_empty_recording_is_a_file_perf_reads()
    {
        Assert.SkipWhen(PerfTool.Missing is not null, PerfTool.Missing ?? "");
        using TempFile file = new();
        using (FileStream stream = File.Create(file.Path))
        {
            new PerfDataWriter(stream).OnEnd(new RecordingEnd(0, 0, 0, 0, null));
        }

        (int exitCode, byte[] printed, string error) = PerfTool.Run(null, "script", "-i", file.Path);
        Assert.Equal((0, 0, ""), (exitCode, printed.Length, error));
        Assert.Equal(0, Recorded.Read(File.ReadAllBytes(file.Path)).End!.Events);
    }

    private static HostileRecording Random(int seed, bool allEvents) =>
        new(seed) { AnyAddresses = true, Events = 60_000, WithAllEvents = allEvents };

    private static void WriteFile(string path, int seed, bool allEvents)
    {
        using FileStream stream = File.Create(path);
        Random(seed, allEvents).Send(new PerfDataWriter(stream, new PerfDataOptions { AllEvents = allEvents }));
    }

    private static byte[] OurText(int seed, bool allEvents, PerfCompat compat)
    {
        using MemoryStream text = new();
        Random(seed, allEvents).Send(
            new PerfScriptWriter(text, new PerfScriptOptions { Compat = compat, AllEvents = allEvents }));
        return text.ToArray();
    }

    /// <summary>Two snapshots of one region at 5 s and 9 s.</summary>
    private static void SendTwo(IRecordingSink sink, int cpu, bool end = true)
    {
        sink.OnHeartbeat(new Heartbeat { WallNs = WallOffsetNs + 1_000, MonotonicNs = 1_000 });
        foreach (long second in (ReadOnlySpan<long>)[5, 9])
        {
            Snapshot snapshot = new() { Kdamond = "kdamond.0", KdamondTid = 77, NrRegions = 1, Complete = true };
            snapshot.Add(new RegionEvent { TimestampNs = second * 1_000_000_000, Cpu = cpu, Start = 4096, End = 8192, NrAccesses = 3, Age = 4 });
            sink.OnSnapshot(snapshot);
        }

        if (end)
        {
            sink.OnEnd(new RecordingEnd(2, 0, 2, 0, null));
        }
    }
}
