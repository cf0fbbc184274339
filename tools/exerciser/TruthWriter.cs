using System.Globalization;
using System.Text.Json;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Exerciser;

/// <summary>Writes the JSON lines, each as a whole whoever asks for it.</summary>
internal sealed class TruthWriter(Stream output, ExerciserOptions options, MemoryLayout layout)
{
    private const int Version = 1;

    private readonly Lock _writing = new();
    private readonly ulong _hugeBytes = HugePageUse.Read(layout.Base);

    internal void WriteReady() => WriteLine(json => WriteCommon(json, "ready"));

    /// <summary>What has been done so far.</summary>
    internal void WriteProgress(Workload workload) => WriteLine(json =>
    {
        json.WriteString("event", "progress");
        json.WriteNumber("now_ns", Time.GetNs(Time.CLOCK_MONOTONIC));
        json.WriteNumber("touches", workload.Workers.Sum(worker => worker.NrTouches));
        json.WriteNumber("cpu_ns", (long)Environment.CpuUsage.TotalTime.TotalNanoseconds);
    });

    internal void WriteTruth(Workload workload)
    {
        WriteLine(json =>
        {
            WriteCommon(json, "truth");
            json.WriteNumber("begin_ns", workload.BeginNs);
            json.WriteNumber("end_ns", workload.EndNs);
            WriteOptions(json);
            WriteTimes(json, workload.Workers[0]);
            WriteCounts(json, workload);
            WriteThroughput(json, workload);
        });
    }

    private void WriteLine(Action<Utf8JsonWriter> write)
    {
        lock (_writing)
        {
            using (var json = new Utf8JsonWriter(output))
            {
                json.WriteStartObject();
                write(json);
                json.WriteEndObject();
            }

            output.Write("\n"u8);
            output.Flush();
        }
    }

    private void WriteCommon(Utf8JsonWriter json, string name)
    {
        json.WriteString("event", name);
        json.WriteNumber("version", Version);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteNumber("base", layout.Base);
        json.WriteString("base_hex", Hex(layout.Base));
        json.WriteNumber("size", options.SizeBytes);
        json.WriteNumber("page_size", ExerciserOptions.PageSize);
        json.WriteString("clock", "CLOCK_MONOTONIC");
        json.WriteNumber("populated_ns", layout.PopulatedNs);
        json.WriteStartArray("ranges");
        foreach (MemoryRange range in layout.Ranges)
        {
            json.WriteStartObject();
            json.WriteString("name", range.Name);
            WriteRange(json, range);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("huge_pages");
        json.WriteBoolean("asked", options.HugePages);
        json.WriteNumber("bytes", _hugeBytes);
        json.WriteBoolean("complete", options.HugePages && _hugeBytes == options.SizeBytes);
        json.WriteEndObject();
    }

    private void WriteOptions(Utf8JsonWriter json)
    {
        json.WriteStartObject("options");
        json.WriteNumber("hot_bytes", options.HotBytes);
        json.WriteNumber("warm_bytes", options.WarmBytes);
        json.WriteNumber("warm_period_ns", options.WarmPeriodNs);
        json.WriteNumber("duration_ns", options.DurationNs);
        json.WriteString("pattern", Lower(options.Pattern));
        json.WriteString("access", Lower(options.Access));
        json.WriteString("pages", options.HugePages ? "huge" : "4k");
        json.WriteNumber("threads", options.NrThreads);
        json.WriteNumber("phase_shift_ns", options.PhaseShiftNs);
        json.WriteNumber("throttle_ns", options.ThrottleNs);
        json.WriteNumber("mmaps", options.NrMmaps);
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, Worker first)
    {
        json.WriteStartArray("hot_phases");
        foreach (HotPhase phase in first.HotPhases)
        {
            json.WriteStartObject();
            WriteRange(json, phase.Range);
            json.WriteNumber("begin_ns", phase.BeginNs);
            json.WriteNumber("end_ns", phase.EndNs);
            json.WriteNumber("sweeps", phase.NrSweeps);
            json.WriteEndObject();
            FlushWhenLong(json);
        }

        json.WriteEndArray();
        json.WriteStartArray("warm_sweeps");
        foreach (WarmSweep sweep in first.WarmSweeps)
        {
            json.WriteStartObject();
            json.WriteNumber("begin_ns", sweep.BeginNs);
            json.WriteNumber("end_ns", sweep.EndNs);
            json.WriteEndObject();
            FlushWhenLong(json);
        }

        json.WriteEndArray();
    }

    // The heap is small and a long run has many notes.
    private static void FlushWhenLong(Utf8JsonWriter json)
    {
        const int Long = 64 * 1024;
        if (json.BytesPending > Long)
        {
            json.Flush();
        }
    }

    private static void WriteCounts(Utf8JsonWriter json, Workload workload)
    {
        Worker first = workload.Workers[0];
        json.WriteStartObject("counts");
        json.WriteNumber("hot_sweeps", first.NrHotSweeps);
        json.WriteNumber("warm_sweeps", first.NrWarmSweeps);
        json.WriteNumber("touches", workload.Workers.Sum(worker => worker.NrTouches));
        json.WriteNumber("hot_sweep_mean_ns", first.HotNs / Math.Max(1, first.NrHotSweeps));
        json.WriteNumber("hot_sweep_min_ns", first.NrHotSweeps == 0 ? 0 : first.ShortestHotNs);
        json.WriteNumber("hot_gap_max_ns", workload.Workers.Max(worker => worker.LongestGapNs));
        json.WriteEndObject();
    }

    private static void WriteThroughput(Utf8JsonWriter json, Workload workload)
    {
        double touches = workload.Workers.Sum(worker => worker.NrTouches);
        double seconds = (workload.EndNs - workload.BeginNs) / 1e9;
        double cpuSeconds = workload.Workers.Sum(worker => worker.CpuNs) / 1e9;
        json.WriteStartObject("throughput");
        json.WriteNumber("seconds", Math.Round(seconds, 6));
        json.WriteNumber("cpu_seconds", Math.Round(cpuSeconds, 6));
        json.WriteNumber("touches_per_second", Math.Round(touches / Math.Max(seconds, 1e-9)));
        json.WriteNumber("touches_per_cpu_second", Math.Round(touches / Math.Max(cpuSeconds, 1e-9)));
        json.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter json, MemoryRange range)
    {
        json.WriteNumber("start", range.Start);
        json.WriteNumber("end", range.End);
        json.WriteNumber("size", range.Size);
        json.WriteString("start_hex", Hex(range.Start));
        json.WriteString("end_hex", Hex(range.End));
    }

    private static string Hex(ulong address) => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");

    private static string Lower<T>(T value)
        where T : struct, Enum
    {
        return value.ToString().ToLowerInvariant();
    }
}
