using Damon.Trace.Events;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>A record that waits for earlier ones of other cpus.</summary>
internal struct PendingEvent
{
    internal ulong TimeNs;
    internal int Tid;

    /// <summary>Of an event; -1 when not recorded. Of a fork the parent's thread id.</summary>
    internal int Cpu;

    /// <summary>Of an aggregated event.</summary>
    internal DamonAggregated Aggregated;

    internal EventKind Kind;

    /// <summary>Of an aggregated event: the index of its attribute, which stands for its name.</summary>
    internal ushort EventIndex;

    /// <summary>Of a tuning event: shares the place of the target, so that an event stays below a cache line.</summary>
    internal ulong SampleUs
    {
        readonly get => Aggregated.TargetId;
        set => Aggregated.TargetId = value;
    }

    /// <summary>Of an event of schemes: where it waits. Shares the place of the target, too.</summary>
    internal int SchemePlace
    {
        readonly get => (int)Aggregated.TargetId;
        set => Aggregated.TargetId = (ulong)value;
    }

    /// <summary>Of a comm record: shares the place of the addresses.</summary>
    internal ThreadName Name
    {
        readonly get => new(Aggregated.Start, Aggregated.End);
        set => (Aggregated.Start, Aggregated.End) = (value.Low, value.High);
    }
}
