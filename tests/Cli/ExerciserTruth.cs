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
        TouchesPerSecond = truth.GetProperty("throughput").GetProperty("touches_per_second").GetDouble();
        TouchesPerCpuSecond = truth.GetProperty("throughput").GetProperty("touches_per_cpu_second").GetDouble();
    }

    internal (ulong Start, ulong End) Hot { get; }

    internal (ulong Start, ulong End) Warm { get; }

    internal (ulong Start, ulong End) Cold { get; }

    internal double TouchesPerSecond { get; }

    internal double TouchesPerCpuSecond { get; }

    /// <summary>Bytes of the workload touched in a window: the hot range, and the warm one if a sweep of it fell into the window.</summary>
    internal ulong WorkingSet(long beginNs, long endNs)
    {
        bool warm = _warmSweeps.Exists(sweep => sweep.BeginNs < endNs && sweep.EndNs > beginNs);
        return Hot.End - Hot.Start + (warm ? Warm.End - Warm.Start : 0);
    }

    /// <summary>
    /// Part of a time in which the hot range was in use: its only thread leaves it alone during a sweep of the warm range, which takes a
    /// millisecond where page faults are cheap and a hundred where a hypervisor keeps shadow page tables.
    /// </summary>
    internal double HotInUse(long beginNs, long endNs) =>
        1 - (_warmSweeps.Sum(sweep => (double)Math.Max(0, Math.Min(sweep.EndNs, endNs) - Math.Max(sweep.BeginNs, beginNs))) / (endNs - beginNs));

    /// <summary>Sweeps of the warm range that began in a time: each touches every page of it once.</summary>
    internal int WarmSweepsIn(long beginNs, long endNs) => _warmSweeps.Count(sweep => sweep.BeginNs >= beginNs && sweep.BeginNs < endNs);

    /// <summary>A range of its layout by name; (0, 0) when it has none of it.</summary>
    internal static (ulong Start, ulong End) Range(JsonElement truth, string name)
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
