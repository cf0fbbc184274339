using System.Collections.ObjectModel;
using System.Diagnostics.Tracing;
using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Tests.Worker;

/// <summary>Hears the provider's events of this thread, one line each; other tests may fire on theirs.</summary>
internal sealed class ProviderLines : EventListener
{
    private readonly int _thread = Environment.CurrentManagedThreadId;

    internal List<string> Lines { get; } = [];

    internal static ProviderLines Listen()
    {
        var lines = new ProviderLines();
        lines.EnableEvents(DamonEventSource.Log, EventLevel.Informational);
        return lines;
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (Environment.CurrentManagedThreadId == _thread && eventData.Payload is { } payload && Text(eventData.EventId, payload) is { } line)
        {
            Lines.Add(line);
        }
    }

    private static string? Text(int eventId, ReadOnlyCollection<object?> payload) => eventId switch
    {
        DamonEventId.Context => $"context {payload[5]}",
        DamonEventId.Target => string.Create(CultureInfo.InvariantCulture, $"target {payload[0]} is {payload[1]}"),
        DamonEventId.Mapping => string.Create(CultureInfo.InvariantCulture, $"mapping of {payload[0]}: {payload[3]}-{payload[4]} {payload[6]}"),
        DamonEventId.MonitorIntervalsTune => string.Create(CultureInfo.InvariantCulture, $"tuned to {payload[0]}"),
        DamonEventId.Relayed => string.Create(
            CultureInfo.InvariantCulture,
            $"relayed {payload[0]} cpu {payload[1]} {payload[2]} events at {payload[3]}: {Delays((byte[])payload[5]!)}"),
        DamonEventId.Aggregated => string.Create(CultureInfo.InvariantCulture, $"aggregated {payload[2]}"),
        _ => null,
    };

    private static string Delays(byte[] blob) => string.Join(
        ' ', Enumerable.Range(0, blob.Length / sizeof(uint)).Select(i => BitConverter.ToUInt32(blob, i * sizeof(uint))));
}
