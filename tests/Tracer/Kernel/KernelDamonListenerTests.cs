using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Kernel;

namespace Damon.Trace.Tracer.Tests.Kernel;

[Trait("Category", "Linux")]
[Trait("Category", KernelLab.Category)]
public class KernelDamonListenerTests(ITestOutputHelper log)
{
    [Fact]
    public void Listener_WithoutTracefs_IsInertAndSaysWhy()
    {
        using KernelDamonListener listener = KernelDamonListener.Open(KernelDamonListener.DefaultRingBytes, ["/nowhere"]);
        Assert.False(listener.Capability.Available);
        Assert.NotNull(listener.Capability.Hint);
        listener.Run(new RecordingKernelObserver(), CancellationToken.None);
        Assert.Empty(listener.Tracepoints);
    }

    /// <summary>
    /// The machine's own kdamond is the source and perf the witness. Both hear the same tracepoint, each with its own clock reading, so the
    /// times differ by the little that lies between the two readings.
    /// </summary>
    [Fact]
    public void Listener_SeesWhatPerfSees()
    {
        string perf = ForeignTool.Require("perf");
        using KernelDamonListener listener = KernelDamonListener.Open();
        Assert.SkipUnless(listener.Capability.Available, listener.Capability.Reason ?? "");
        Assert.SkipUnless(new KernelKdamondReader().RunningTids().Any(), "no kdamond runs on this machine");
        using var directory = new TemporaryDirectory();

        var observer = new RecordingKernelObserver();
        using var stop = new CancellationTokenSource();
        long cpuNs = 0;
        var thread = new Thread(() =>
        {
            listener.Run(observer, stop.Token);
            cpuNs = Linux.Time.GetNs(Linux.Time.CLOCK_THREAD_CPUTIME_ID);
        });
        thread.Start();
        Thread.Sleep(300);

        // Long enough for two aggregations of a kdamond with an interval of 5 s.
        string data = directory.File("perf.data");
        ForeignTool.Run(
            perf, "record", "-q", "-N", "-k", "mono", "-m", "4M", "-e", "damon:damon_aggregated", "-a", "-o", data, "--", "sleep", "12");
        Thread.Sleep(300);
        stop.Cancel();
        thread.Join();

        string[] lines = ForeignTool.Run(perf, "script", "--ns", "-i", data).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.SkipWhen(lines.Length == 0, "no aggregation ended within 12 s");
        Compare(lines, observer.Aggregated);
        Assert.Equal(0UL, listener.NrLost);
        Assert.Equal(0UL, listener.NrLate);
        CheckAttributes(observer);
        log.WriteLine(
            $"tracepoints {string.Join(' ', listener.Tracepoints)}, {listener.NrCpus} rings of {listener.RingBytes} bytes, "
            + $"{listener.NrEvents} events of all kinds, {cpuNs / 1e6:F1} ms CPU");
    }

    private static void CheckAttributes(RecordingKernelObserver observer)
    {
        ContextAttributes? attributes = observer.Aggregated[0].Origin.Kdamond.Attributes;
        Assert.NotNull(attributes);
        Assert.True(attributes.Value.SampleUs > 0 && attributes.Value.AggrUs >= attributes.Value.SampleUs);
    }

    private void Compare(string[] perfLines, List<(KernelEvent Origin, DamonAggregated Region)> heard)
    {
        long firstNs = ParseNs(perfLines[0]);
        int begin = Enumerable.Range(0, heard.Count)
            .First(i => Math.Abs((long)heard[i].Origin.TimestampNs - firstNs) < 100_000_000
                && WithoutTime(heard[i]) == WithoutTime(perfLines[0]));
        string[] ours = [.. heard.Skip(begin).Take(perfLines.Length).Select(WithoutTime)];
        Assert.Equal(perfLines.Select(WithoutTime), ours);
        Assert.True(
            begin + perfLines.Length == heard.Count
            || (long)heard[begin + perfLines.Length].Origin.TimestampNs > ParseNs(perfLines[^1]) + 100_000_000,
            "we heard an event in the middle of a burst that perf did not");

        long[] differences = [.. perfLines.Select((line, i) => (long)heard[begin + i].Origin.TimestampNs - ParseNs(line))];
        Array.Sort(differences);
        log.WriteLine(
            $"{perfLines.Length} events by perf = {ours.Length} by us of {heard.Count} heard; our time minus perf's: "
            + $"min {differences[0]} median {differences[differences.Length / 2]} max {differences[^1]} ns");

        // The two readings are taken by one CPU one after the other; only an interrupt can come between them.
        Assert.True(Math.Max(Math.Abs(differences[0]), Math.Abs(differences[^1])) < 20_000_000, "not the same clock");
    }

    /// <summary><c>kdamond.0    77 [001]  3154.127403123: damon:damon_aggregated: ...</c> as comm, tid, cpu and fields.</summary>
    private static string WithoutTime(string line)
    {
        string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        return $"{words[0]} {words[1]} {words[2]} {words[5]}";
    }

    private static string WithoutTime((KernelEvent Origin, DamonAggregated Region) heard) => string.Create(
        CultureInfo.InvariantCulture,
        $"{heard.Origin.Kdamond.Comm} {heard.Origin.Kdamond.Tid} [{heard.Origin.Cpu:D3}] {RecordingKernelObserver.Text(heard.Region)}");

    private static long ParseNs(string line)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].TrimEnd(':').Split('.');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture) * 1_000_000_000) + long.Parse(parts[1], CultureInfo.InvariantCulture);
    }
}
