namespace Damon.Trace.Exerciser;

/// <summary>What to exercise. Sizes in bytes, durations in nanoseconds.</summary>
internal sealed record ExerciserOptions
{
    internal const ulong PageSize = 4096;
    internal const ulong HugePageSize = 2 << 20;

    public ulong SizeBytes { get; init; } = 512 << 20;

    /// <summary>Null: a sixteenth of the size.</summary>
    public ulong? RequestedHotBytes { get; init; }

    /// <summary>Null: an eighth of the size.</summary>
    public ulong? RequestedWarmBytes { get; init; }

    internal ulong HotBytes => RequestedHotBytes ?? RoundUp(SizeBytes / 16, Granule);

    internal ulong WarmBytes => RequestedWarmBytes ?? RoundUp(SizeBytes / 8, Granule);

    public long WarmPeriodNs { get; init; } = 1_000_000_000;

    /// <summary>0: until SIGTERM or SIGINT.</summary>
    public long DurationNs { get; init; } = 20_000_000_000;

    public SweepPattern Pattern { get; init; }

    public AccessKind Access { get; init; }

    public bool HugePages { get; init; }

    public int NrThreads { get; init; } = 1;

    /// <summary>0: the hot range stays where it is.</summary>
    public long PhaseShiftNs { get; init; }

    /// <summary>0: no pause between hot sweeps.</summary>
    public long ThrottleNs { get; init; }

    public ulong StaticBytes { get; init; }

    public ulong LockedBytes { get; init; }

    public ulong SharedBytes { get; init; }

    /// <summary>Half of it in small objects of the oldest generation, half in one large object.</summary>
    public ulong ManagedBytes { get; init; }

    /// <summary>Collect garbage without a pause.</summary>
    public bool CollectsAlways { get; init; }

    public int NrMmaps { get; init; }

    /// <summary>Give the hot pages back before each sweep: every sweep faults them in anew.</summary>
    public bool DropsHotPages { get; init; }

    /// <summary>Open a userfaultfd and leave it alone, for a monitor of written pages to take.</summary>
    public bool OffersUserfaultfd { get; init; }

    /// <summary>The unit the ranges are aligned to, so that no huge page is hot in one half and cold in the other.</summary>
    internal ulong Granule => HugePages ? HugePageSize : PageSize;

    /// <summary>Rounds sizes up to whole pages and refuses what does not fit together.</summary>
    internal ExerciserOptions Checked()
    {
        ExerciserOptions options = this with
        {
            SizeBytes = RoundUp(SizeBytes, Granule),
            RequestedHotBytes = RoundUp(HotBytes, Granule),
            RequestedWarmBytes = RoundUp(WarmBytes, Granule),
            StaticBytes = RoundUp(StaticBytes, Granule),
            LockedBytes = RoundUp(LockedBytes, PageSize),
            SharedBytes = RoundUp(SharedBytes, PageSize),
        };
        Require(Environment.SystemPageSize == (int)PageSize, "this system's pages are not 4 KiB", "run it on such a system");
        Require(options.SizeBytes > 0, "--size is 0", "for example --size 512M");
        Require(
            options.HotBytes + options.WarmBytes <= options.SizeBytes,
            "--hot and --warm together are larger than --size", "make --size larger or the others smaller");
        Require(options.WarmBytes == 0 || options.WarmPeriodNs > 0, "--warm-period is 0", "for example --warm-period 1s");
        Require(
            options.PhaseShiftNs == 0 || (options.HotBytes > 0 && options.HotBytes * 2 + options.WarmBytes <= options.SizeBytes),
            "--phase-shift has nowhere to move the hot range to", "make --size at least twice --hot plus --warm");
        Require(
            options.NrThreads >= 1 && (options.HotBytes == 0 || (ulong)options.NrThreads <= options.HotBytes / PageSize),
            "--threads must be between 1 and the number of hot pages", "for example --threads 2");
        RequireRoomForMmaps(options.NrMmaps);
        return options;
    }

    private static void RequireRoomForMmaps(int nrMmaps)
    {
        // The runtime itself has a few hundred mappings.
        const int Reserve = 1000;
        int limit = File.Exists("/proc/sys/vm/max_map_count") ? int.Parse(File.ReadAllText("/proc/sys/vm/max_map_count"), null) : 65530;
        Require(
            nrMmaps <= limit - Reserve,
            $"--mmaps {nrMmaps} is more than this system allows a process ({limit}, some of which the runtime needs)",
            "see /proc/sys/vm/max_map_count");
    }

    private static void Require(bool condition, string message, string hint)
    {
        if (!condition)
        {
            throw new UsageException(message, hint);
        }
    }

    private static ulong RoundUp(ulong size, ulong granule) => (size + granule - 1) / granule * granule;
}
