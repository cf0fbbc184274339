using Damon.Trace.Events;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Session;

namespace Damon.Trace.TraceEvents;

/// <summary>
/// Registers the provider's events with a TraceEvent source, so that any program built on TraceEvent can consume them typed:
/// <c>new DamonTraceEventParser(source).All += e => ...</c>.
/// </summary>
public sealed class DamonTraceEventParser(TraceEventSource source) : TraceEventParser(source)
{
    /// <summary>The id that every EventSource derives from its name; TraceEvent looks providers up by it.</summary>
    public static readonly Guid ProviderId = TraceEventProviders.GetEventSourceGuidFromName(DamonProvider.Name);

    private static readonly (int Id, string Name)[] s_events =
    [
        (DamonEventId.Aggregated, DamonEventName.Aggregated),
        (DamonEventId.MonitorIntervalsTune, DamonEventName.MonitorIntervalsTune),
        (DamonEventId.BeforeApply, DamonEventName.BeforeApply),
        (DamonEventId.EffectiveSize, DamonEventName.EffectiveSize),
        (DamonEventId.SchemeStatistics, DamonEventName.SchemeStatistics),
        (DamonEventId.Context, DamonEventName.Context),
        (DamonEventId.Target, DamonEventName.Target),
        (DamonEventId.Mapping, DamonEventName.Mapping),
        (DamonEventId.Snapshot, DamonEventName.Snapshot),
        (DamonEventId.Heartbeat, DamonEventName.Heartbeat),
        (DamonEventId.Relayed, DamonEventName.Relayed),
        (DamonEventId.Footprint, DamonEventName.Footprint),
        (DamonEventId.Estimates, DamonEventName.Estimates),
        (DamonEventId.Idle, DamonEventName.Idle),
        (DamonEventId.Access, DamonEventName.Access),
        (DamonEventId.Stack, DamonEventName.Stack),
        (DamonEventId.Thread, DamonEventName.Thread),
        (DamonEventId.Sampler, DamonEventName.Sampler),
        (DamonEventId.HugePages, DamonEventName.HugePages),
        (DamonEventId.SplitPages, DamonEventName.SplitPages),
    ];

    /// <summary>Every event of the provider. The instance is reused: it is valid only during the call.</summary>
    public new event Action<DamonTraceEvent> All
    {
        add
        {
            foreach ((int id, string name) in s_events)
            {
                source.RegisterEventTemplate(new DamonTraceEvent(value, id, name, ProviderId));
            }
        }

        remove
        {
            foreach ((int id, _) in s_events)
            {
                source.UnregisterEventTemplate(value, id, ProviderId);
            }
        }
    }

    /// <inheritdoc/>
    protected override string GetProviderName() => DamonProvider.Name;

    /// <inheritdoc/>
    protected override void EnumerateTemplates(Func<string, string, EventFilterResponse>? eventsToObserve, Action<TraceEvent> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        foreach ((int id, string name) in s_events)
        {
            if (eventsToObserve is null || eventsToObserve(DamonProvider.Name, name) == EventFilterResponse.AcceptEvent)
            {
                callback(new DamonTraceEvent(null, id, name, ProviderId));
            }
        }
    }
}
