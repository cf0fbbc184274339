namespace Damon.Trace.Events;

/// <summary>Event ids of the provider. Ids below 16 carry the kernel's fields of the same event; from 16 on they are our own.</summary>
public static class DamonEventId
{
    public const int Aggregated = 1;
    public const int MonitorIntervalsTune = 2;
    public const int BeforeApply = 3;
    public const int EffectiveSize = 4;
    public const int SchemeStatistics = 5;

    public const int Context = 16;
    public const int Target = 17;
    public const int Mapping = 18;
    public const int Snapshot = 19;
    public const int Heartbeat = 20;
    public const int Relayed = 21;
    public const int Footprint = 22;
    public const int Estimates = 23;
    public const int Idle = 24;
}
