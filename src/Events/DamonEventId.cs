namespace Damon.Trace.Events;

/// <summary>Event ids of the provider. Ids below 16 carry the kernel's fields of the same event; from 16 on they are our own.</summary>
public static class DamonEventId
{
    /// <summary>One region of a snapshot: <see cref="DamonAggregated"/>.</summary>
    public const int Aggregated = 1;

    /// <summary>The sampling interval was tuned: <see cref="Events.MonitorIntervalsTune"/>.</summary>
    public const int MonitorIntervalsTune = 2;

    /// <summary>A region that a scheme is about to act on.</summary>
    public const int BeforeApply = 3;

    /// <summary>A scheme's quota in effect.</summary>
    public const int EffectiveSize = 4;

    /// <summary>A scheme's counters.</summary>
    public const int SchemeStatistics = 5;

    /// <summary>What a kdamond monitors with: <see cref="ContextDescription"/>.</summary>
    public const int Context = 16;

    /// <summary>A process: <see cref="TargetDescription"/>.</summary>
    public const int Target = 17;

    /// <summary>A mapping of a target: <see cref="MappingDescription"/>.</summary>
    public const int Mapping = 18;

    /// <summary>The header of a snapshot: <see cref="SnapshotHeader"/>.</summary>
    public const int Snapshot = 19;

    /// <summary>Clocks and counters, once a second: <see cref="Events.Heartbeat"/>.</summary>
    public const int Heartbeat = 20;

    /// <summary>The next events come from another's kdamond: <see cref="RelayedOrigin"/>.</summary>
    public const int Relayed = 21;

    /// <summary>What memory a target holds: <see cref="Events.Footprint"/>.</summary>
    public const int Footprint = 22;

    /// <summary>What the samples of regions say about their memory: <see cref="RegionEstimateRecord"/>.</summary>
    public const int Estimates = 23;

    /// <summary>For how long memory has been idle: <see cref="IdlePages"/>.</summary>
    public const int Idle = 24;

    /// <summary>An access that was sampled, see <see cref="AccessRecord"/>.</summary>
    public const int Access = 25;

    /// <summary>Where accesses come from, see <see cref="StackDescription"/>.</summary>
    public const int Stack = 26;

    /// <summary>The name of a thread, see <see cref="ThreadDescription"/>.</summary>
    public const int Thread = 27;

    /// <summary>What sampling came to, see <see cref="AccessSamplerState"/>.</summary>
    public const int Sampler = 28;

    /// <summary>Memory in huge pages, see <see cref="Events.HugePages"/>.</summary>
    public const int HugePages = 29;

    /// <summary>Huge pages that were split for a while, see <see cref="Events.SplitHugePages"/>.</summary>
    public const int SplitPages = 30;
}
