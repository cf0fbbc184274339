using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Damon.Trace.Events;
using Microsoft.Diagnostics.Tracing;

namespace Damon.Trace.TraceEvents;

/// <summary>An event of the provider as TraceEvent dispatches it; the payload is read in place.</summary>
public sealed unsafe class DamonTraceEvent : TraceEvent
{
    private Action<DamonTraceEvent>? _target;

    internal DamonTraceEvent(Action<DamonTraceEvent>? target, int id, string name, Guid providerId)
        : base(id, 0, name, Guid.Empty, 0, "", providerId, DamonProvider.Name) => _target = target;

    /// <summary>The payload; its layouts are the structs of <c>Damon.Trace.Events</c>.</summary>
    public ReadOnlySpan<byte> Payload => new((void*)DataStart, EventDataLength);

    /// <summary>The fields of a <c>damon_aggregated</c> event.</summary>
    public DamonAggregated Aggregated =>
        EventDataLength >= sizeof(DamonAggregated) && (int)ID == DamonEventId.Aggregated
            ? Unsafe.ReadUnaligned<DamonAggregated>((void*)DataStart)
            : throw new InvalidOperationException($"{EventName} of {EventDataLength} bytes is not {DamonEventName.Aggregated}.");

    /// <summary>Fields by name are offered for the one event other tools tabulate.</summary>
    public override string[] PayloadNames => payloadNames ??= (int)ID == DamonEventId.Aggregated
        ? ["target_id", "nr_regions", "start", "end", "nr_accesses", "age"]
        : [];

    /// <inheritdoc/>
    protected override Delegate? Target
    {
        get => _target;
        set => _target = (Action<DamonTraceEvent>?)value;
    }

    /// <inheritdoc/>
    public override object? PayloadValue(int index) => index switch
    {
        0 => Aggregated.TargetId,
        1 => Aggregated.NrRegions,
        2 => Aggregated.Start,
        3 => Aggregated.End,
        4 => Aggregated.NrAccesses,
        5 => Aggregated.Age,
        _ => null,
    };

    /// <inheritdoc/>
    public override StringBuilder ToXml(StringBuilder sb)
    {
        Prefix(sb);
        for (int i = 0; i < PayloadNames.Length; i++)
        {
            XmlAttrib(sb, PayloadNames[i], Convert.ToString(PayloadValue(i), CultureInfo.InvariantCulture));
        }

        return sb.Append("/>");
    }

    /// <inheritdoc/>
    protected override void Dispatch() => _target?.Invoke(this);
}
