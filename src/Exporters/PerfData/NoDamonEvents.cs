using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>A perf.data file of something else.</summary>
internal static class NoDamonEvents
{
    private const int MaxNames = 5;

    /// <exception cref="RecordingFormatException">None of the events is ours to read.</exception>
    internal static void ThrowIf(PerfEvents events)
    {
        if (events.AnyReadable)
        {
            return;
        }

        List<string> names = [.. events.All.Where(e => e.Name.Length > 0).Select(e => e.Name).Distinct().Take(MaxNames)];
        string found = events.All.Count == 0 ? "no event is described"
            : names.Count > 0 ? $"found {string.Join(", ", names)}"
            : $"found {events.All.Count} event(s) without a tracepoint's format";
        throw new RecordingFormatException(
            $"expected damon:damon_aggregated with its raw data among the events of this perf.data, {found}; "
            + "hint: perf record -e damon:damon_aggregated -a");
    }
}
