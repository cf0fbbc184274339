namespace Damon.Trace.Accuracy;

/// <summary>One recording compared with the truth. Bytes are medians of the snapshots that count, unless said; null is "not to be told".</summary>
internal sealed record Score
{
    internal const double HotShareFound = 0.9;

    public required int Snapshots { get; init; }

    public required double TruthBytes { get; init; }

    /// <summary>Sizes of the regions with accesses: damo's rule.</summary>
    public required double DamoBytes { get; init; }

    /// <summary>
    /// What was touched in one sampling interval, and next what the samples say of it with a 95 % interval. Means of the snapshots: an estimate is unbiased, its
    /// median is not where a snapshot has few accessed samples.
    /// </summary>
    public double? TruthPerIntervalBytes { get; init; }

    public double? EstimateBytes { get; init; }

    public double? LowBytes { get; init; }

    public double? HighBytes { get; init; }

    /// <summary>Part of the snapshots whose 95 % interval has the truth.</summary>
    public double? Covered { get; init; }

    public double? UnknownBytes { get; init; }

    /// <summary>Part of what was hot that is told hot.</summary>
    public double? Recall { get; init; }

    /// <summary>Part of what is told hot that was touched.</summary>
    public double? Precision { get; init; }

    /// <summary>Told hot though not touched.</summary>
    public double FalseBytes { get; init; }

    /// <summary>From the start of the recorder, or from a move of the hot range, until it is told hot; null: never.</summary>
    public double? NoticedSeconds { get; init; }

    /// <summary>Recorder's CPU time after its start, a share of one CPU.</summary>
    public double OwnCpu { get; init; }

    /// <summary>Recorder's CPU time of all of the recording, in seconds.</summary>
    public double OwnCpuSeconds { get; init; }

    /// <summary>Part of the target's work per second on a CPU that recording it takes away.</summary>
    public double Slowdown { get; init; }

    /// <summary>Part of the time of the machine that a hypervisor took away.</summary>
    public double Steal { get; init; }

    /// <summary>Touched within each of <see cref="Recording.Times"/>; null where nobody knows yet.</summary>
    public double?[] TruthWithinBytes { get; init; } = [];

    /// <summary>What the recording says of that, of all the process.</summary>
    public Estimate?[] Within { get; init; } = [];

    internal static double? Median(IEnumerable<double?> values)
    {
        double[] known = [.. values.Where(value => value is not null).Select(value => value!.Value).Order()];
        return known.Length == 0 ? null : (known[(known.Length - 1) / 2] + known[known.Length / 2]) / 2;
    }
}
