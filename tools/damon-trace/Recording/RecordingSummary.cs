using System.Globalization;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>The last line of a recording: what there is, what is missing, what it cost. Counts are shown also when they are 0.</summary>
internal static class RecordingSummary
{
    internal static void Write(
        TextWriter error, IRecorder recorder, RecordingEnd? end, RecordingCost cost, IReadOnlyList<string> outputs, EndCause cause)
    {
        if (recorder is MemoryMonitor { RealtimeRefusal: string refusal })
        {
            error.WriteLine($"damon-trace: --realtime was not granted: {refusal}");
        }

        if (recorder is ExactRecorder exact)
        {
            WriteCost(error, exact);
        }

        RecorderCounters counters = recorder.Counters;
        long snapshots = end?.Snapshots ?? counters.NrSnapshots;
        long events = end?.Events ?? counters.NrEvents;
        long lost = counters.NrEvents - events;
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"damon-trace: {Reason(cause)} after {cost.WallNs / 1e9:F1} s: {snapshots} snapshots ({end?.IncompleteSnapshots ?? 0} incomplete), "
            + $"{events} events, {lost} lost, {Checks(recorder)}, "
            + $"own CPU {cost.CpuPercent:F1} %; {string.Join("; ", outputs)}"));
    }

    private static void WriteCost(TextWriter error, ExactRecorder recorder)
    {
        string again = recorder.TouchAgainNs is { } ns ? string.Create(CultureInfo.InvariantCulture, $"about {ns / 1e9:F2} s") : "an unknown time";
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"damon-trace: the targets paid {recorder.SweepNs / 1e9:F2} s with their mmap locks held, ")
            + $"and {again} for touching pages again, over all threads");
        if (recorder.NrJoined > 0)
        {
            error.WriteLine($"damon-trace: {recorder.NrJoined} snapshots had more runs of pages than --max-regions, "
                + "the smallest were joined with their neighbours: touched bytes stay exact, addresses do not");
        }
    }

    private static string Checks(IRecorder recorder)
    {
        RecorderCounters counters = recorder.Counters;
        return recorder is KernelRecorder kernel
            ? string.Create(CultureInfo.InvariantCulture, $"{kernel.NrLost} dropped by the kernel")
            : string.Create(
                CultureInfo.InvariantCulture, $"{counters.NrLate} late and {counters.NrMissed} missed of {counters.NrChecks} checks");
    }

    private static string Reason(EndCause cause) => cause switch
    {
        EndCause.Interrupted => "interrupted",
        EndCause.Reloaded => "reloaded",
        EndCause.Duration => "done",
        EndCause.TargetsExited => "target exited",
        EndCause.OutputFailed => "output failed",
        EndCause.ReaderGone => "reader gone",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };
}
