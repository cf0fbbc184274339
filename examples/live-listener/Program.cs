// Listens to a recording while it runs, as any TraceEvent program can: live-listener PID-OF-DAMON-TRACE
using System.Diagnostics.Tracing;
using Damon.Trace.Events;
using Damon.Trace.TraceEvents;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

var provider = new EventPipeProvider(DamonProvider.Name, EventLevel.Informational);
using EventPipeSession session = new DiagnosticsClient(int.Parse(args[0])).StartEventPipeSession([provider], requestRundown: false);
using var source = new EventPipeEventSource(session.EventStream);
int hot = 0;
new DamonTraceEventParser(source).All += traced =>
{
    if (traced.EventName == DamonEventName.Aggregated && traced.Aggregated is { NrAccesses: > 0 } region)
    {
        Console.WriteLine($"{traced.TimeStampRelativeMSec,10:F1} ms 0x{region.Start:x}-0x{region.End:x} accessed in {region.NrAccesses} checks");
        if (++hot == 10)
        {
            Environment.Exit(0); // A live source ends with its session only.
        }
    }
};
source.Process();
