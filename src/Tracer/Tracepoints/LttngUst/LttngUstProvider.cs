using System.Runtime.InteropServices;
using System.Text;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tracepoints.LttngUst;

/// <summary>
/// The structures by which LTTng-UST knows the event <c>damon:aggregated</c>, as the macros of lttng/tracepoint-event.h would lay them
/// down. They are native memory and never freed: the library may look at them until the process ends.
/// </summary>
internal sealed unsafe class LttngUstProvider
{
    internal const string ProviderName = "damon";
    internal const string EventName = "aggregated";

    private static readonly (string Name, uint Bits)[] s_fields =
        [("target_id", 64), ("nr_regions", 32), ("start", 64), ("end", 64), ("nr_accesses", 32), ("age", 32)];

    internal LttngUstProvider()
    {
        // The library compares the signatures of event and call site: both point to the same text.
        byte* signature = Text(string.Join(", ", s_fields.Select(field => $"uint{field.Bits}_t, {field.Name}")));
        Probe = Allocate<LttngUstEvents.ProbeDesc>();
        var eventDesc = Allocate<LttngUstEvents.EventDesc>();
        var eventClass = Allocate<LttngUstEvents.TracepointClass>();
        var events = (LttngUstEvents.EventDesc**)Allocate<nint>();
        *events = eventDesc;
        *Probe = new LttngUstEvents.ProbeDesc
        {
            StructSize = (uint)sizeof(LttngUstEvents.ProbeDesc),
            ProviderName = Text(ProviderName),
            EventDesc = events,
            NrEvents = 1,
            Major = LttngUstEvents.ProviderMajor,
            Minor = LttngUstEvents.ProviderMinor,
        };
        *eventDesc = new LttngUstEvents.EventDesc
        {
            StructSize = (uint)sizeof(LttngUstEvents.EventDesc),
            EventName = Text(EventName),
            ProbeDesc = Probe,
            Class = eventClass,
            LogLevel = LogLevel(),
            ModelEmfUri = (byte**)Allocate<nint>(),
        };
        *eventClass = new LttngUstEvents.TracepointClass
        {
            StructSize = (uint)sizeof(LttngUstEvents.TracepointClass),
            Fields = Fields(),
            NrFields = (nuint)s_fields.Length,
            ProbeCallback = (delegate* unmanaged<void>)&NeverCalled,
            Signature = signature,
            ProbeDesc = Probe,
        };

        Tracepoint = Allocate<LttngUstEvents.Tracepoint>();
        *Tracepoint = new LttngUstEvents.Tracepoint
        {
            StructSize = (uint)sizeof(LttngUstEvents.Tracepoint),
            ProviderName = Text(ProviderName),
            EventName = Text(EventName),
            Signature = signature,
        };
        Module = (LttngUstEvents.Tracepoint**)Allocate<nint>();
        *Module = Tracepoint;
    }

    /// <summary>What the event is: for lttng_ust_probe_register.</summary>
    internal LttngUstEvents.ProbeDesc* Probe { get; }

    /// <summary>Where the event fires.</summary>
    internal LttngUstEvents.Tracepoint* Tracepoint { get; }

    /// <summary>The list of one call site: for lttng_ust_tracepoint_module_register.</summary>
    internal LttngUstEvents.Tracepoint** Module { get; }

    private static LttngUstEvents.EventField** Fields()
    {
        var fields = (LttngUstEvents.EventField**)NativeMemory.AllocZeroed((nuint)s_fields.Length, (nuint)sizeof(nint));
        for (int i = 0; i < s_fields.Length; i++)
        {
            var type = Allocate<LttngUstEvents.TypeIntegerDesc>();
            *type = new LttngUstEvents.TypeIntegerDesc
            {
                Type = LttngUstEvents.TypeInteger,
                StructSize = (uint)sizeof(LttngUstEvents.TypeIntegerDesc),
                SizeBits = s_fields[i].Bits,
                AlignmentBits = 8,
                Base = 10,
            };
            fields[i] = Allocate<LttngUstEvents.EventField>();
            *fields[i] = new LttngUstEvents.EventField
            {
                StructSize = (uint)sizeof(LttngUstEvents.EventField),
                Name = Text(s_fields[i].Name),
                Type = type,
            };
        }

        return fields;
    }

    private static int** LogLevel()
    {
        int* level = Allocate<int>();
        *level = LttngUstEvents.LogLevelInfo;
        var place = (int**)Allocate<nint>();
        *place = level;
        return place;
    }

    private static T* Allocate<T>()
        where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)sizeof(T));

    private static byte* Text(string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text + '\0');
        byte* copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }

    [UnmanagedCallersOnly]
    private static void NeverCalled()
    {
    }
}
