using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Recency;

/// <summary>
/// The cold tail of a target from pages that were followed: bytes not accessed for at least so long, each page with its own time.
/// </summary>
internal static class RecencyOfPages
{
    /// <summary>Null where no idle time is known yet.</summary>
    public static RecencyTarget? Describe(TargetIdentity target, IdleSeries idle, RecencyOptions options)
    {
        TargetMemory[] times = [.. idle.AtEachTime()];
        if (times.Length == 0)
        {
            return null;
        }

        MemoryStates all = times[0].States;
        return new RecencyTarget
        {
            Target = target,
            Source = RecencyTarget.FromPages,
            Snapshots = idle.Count,
            SnapshotEndNs = idle.TimeNs,
            TotalBytes = all.ResidentBytes,
            UnknownBytes = all.UnknownBytes,
            NotPopulatedBytes = all.NotPopulatedBytes,
            Percentiles = [.. options.Percentiles.Select(percentile => new RecencyPercentile(percentile, PercentileOf(times, percentile)))],
            Tail = [AllMemory(all), .. times.Select(time => TailOf(time, idle))],
            Mappings = [.. MappingsOf(times).OrderByDescending(mapping => mapping.Tail[^1].Bytes).Take(options.Mappings)],
        };
    }

    private static ulong Us(TargetMemory time) => (ulong)Math.Round(time.ColdAfterSeconds * 1e6);

    private static RecencyTail AllMemory(MemoryStates all) => new(0, all.ResidentBytes, 100, all.ResidentBytes);

    private static RecencyTail TailOf(TargetMemory time, IdleSeries idle)
    {
        MemoryStates states = time.States;
        ulong known = states.ResidentBytes - states.UnknownBytes;
        double percent = states.ResidentBytes == 0 ? 0 : 100.0 * states.ColdBytes / states.ResidentBytes;
        return new RecencyTail(Us(time), states.ColdBytes, percent, idle.MeanColdBytes(time.ColdAfterSeconds) ?? 0)
        {
            LowBytes = known - Math.Min(known, states.HotHighBytes),
            HighBytes = known - Math.Min(known, states.HotLowBytes),
        };
    }

    /// <summary>
    /// The shortest time within which so many per cent of the bytes that are known were accessed; null when longer than all times.
    /// </summary>
    private static ulong? PercentileOf(TargetMemory[] times, int percentile)
    {
        foreach (TargetMemory time in times)
        {
            ulong known = time.States.ResidentBytes - time.States.UnknownBytes;
            if (time.States.HotBytes * 100.0 >= (double)known * percentile)
            {
                return Us(time);
            }
        }

        return null;
    }

    private static IEnumerable<RecencyMapping> MappingsOf(TargetMemory[] times)
    {
        Dictionary<string, MappingMemory>[] byName =
            [.. times.Select(time => time.Mappings.ToDictionary(mapping => mapping.Mapping ?? "", mapping => mapping))];
        foreach (MappingMemory mapping in times[0].Mappings.Where(mapping => mapping.States.ResidentBytes > 0))
        {
            string key = mapping.Mapping ?? "";
            RecencyMappingTail[] tail =
            [
                new RecencyMappingTail(0, mapping.States.ResidentBytes),
                .. times.Select((time, i) => new RecencyMappingTail(Us(time), byName[i][key].States.ColdBytes)),
            ];
            yield return new RecencyMapping(
                mapping.Mapping ?? mapping.Describe(), mapping.States.ResidentBytes, mapping.States.HotBytes, tail)
            {
                UnknownBytes = mapping.States.UnknownBytes,
            };
        }
    }
}
