using System.Text.Json;

namespace Damon.Trace.Cli.Tests;

/// <summary>What an exerciser says it touched, and when.</summary>
internal sealed class ExerciserTruth
{
    private readonly List<(long BeginNs, long EndNs)> _warmSweeps;

    internal ExerciserTruth(JsonElement truth)
    {
        Hot = Range(truth, "hot");
        Warm = Range(truth, "warm");
        Cold = Range(truth, "cold");
        _warmSweeps = [.. truth.GetProperty("warm_sweeps").EnumerateArray()
            .Select(sweep => (sweep.GetProperty("begin_ns").GetInt64(), sweep.GetProperty("end_ns").GetInt64()))];
        TouchesPerCpuSecond = truth.GetProperty("throughput").GetProperty("touches_per_cpu_second").GetDouble();
    }

    internal (ulong Start, ulong End) Hot { get; }

    internal (ulong Start, ulong End) Warm { get; }

    internal (ulong Start, ulong End) Cold { get; }

    internal double TouchesPerCpuSecond { get; }

    /// <summary>Bytes of the workload touched in a window: the hot range, and the warm one if a sweep of it fell into the window.</summary>
    internal ulong WorkingSet(long beginNs, long endNs)
    {
        bool warm = _warmSweeps.Exists(sweep => sweep.BeginNs < endNs && sweep.EndNs > beginNs);
        return Hot.End - Hot.Start + (warm ? Warm.End - Warm.Start : 0);
    }

    /// <summary>Sweeps of the warm range that began in a time: each touches every page of it once.</summary>
    internal int WarmSweepsIn(long beginNs, long endNs) => _warmSweeps.Count(sweep => sweep.BeginNs >= beginNs && sweep.BeginNs < endNs);

    private static (ulong Start, ulong End) Range(JsonElement truth, string name)
    {
        foreach (JsonElement range in truth.GetProperty("ranges").EnumerateArray())
        {
            if (range.GetProperty("name").GetString() == name)
            {
                return (range.GetProperty("start").GetUInt64(), range.GetProperty("end").GetUInt64());
            }
        }

        return (0, 0);
    }
}
