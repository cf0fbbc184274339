using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tracepoints.LttngUst;

/// <summary>
/// The LTTng-UST event <c>damon:aggregated</c> with typed fields, for <c>lttng enable-event -u damon:aggregated</c>. Written against the
/// library that is installed; nothing is compiled and nothing is linked.
/// </summary>
public sealed unsafe class LttngUstTracepoint : INativeTracepoint
{
    private static readonly string[] s_libraryFolders =
        ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib", "/usr/local/lib"];

    // What an inert instance points to, so that asking costs the same load and no branch more.
    private static readonly LttngUstEvents.Tracepoint* s_nobody =
        (LttngUstEvents.Tracepoint*)NativeMemory.AllocZeroed((nuint)sizeof(LttngUstEvents.Tracepoint));

    private readonly LttngUstLibrary? _library;
    private readonly LttngUstProvider? _provider;
    private void* _registration;
    private LttngUstEvents.Tracepoint* _tracepoint = s_nobody;

    private LttngUstTracepoint(Capability capability) => Capability = capability;

    private LttngUstTracepoint(LttngUstLibrary library, LttngUstProvider provider, void* registration)
        : this(Capability.Yes)
    {
        _library = library;
        _provider = provider;
        _registration = registration;
        _tracepoint = provider.Tracepoint;
    }

    /// <inheritdoc/>
    public string Family => "lttng-ust";

    /// <inheritdoc/>
    public Capability Capability { get; }

    /// <inheritdoc/>
    public bool IsEnabled
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _tracepoint->State) != 0;
    }

    /// <summary>Whether the library is installed where distributions put it; nothing is loaded.</summary>
    public static Capability Probe() => Array.Exists(s_libraryFolders, folder => File.Exists(Path.Combine(folder, LttngUstLibrary.UstName)))
        ? Capability.Yes
        : Capability.No($"{LttngUstLibrary.UstName} is not installed", "install LTTng-UST 2.13 or newer (Debian: liblttng-ust1)");

    /// <summary>Registers the event with the library of this machine, if there is one.</summary>
    public static LttngUstTracepoint Register()
    {
        if (LttngUstLibrary.Load(out Capability capability) is not { } library)
        {
            return new LttngUstTracepoint(capability);
        }

        var provider = new LttngUstProvider();
        void* registration = library.ProbeRegister(provider.Probe);
        if (registration is null)
        {
            return new LttngUstTracepoint(Capability.No("LTTng-UST refused the event", "LTTng-UST 2.13 or newer"));
        }

        if (library.ModuleRegister(provider.Module, 1) != 0)
        {
            library.ProbeUnregister(registration);
            return new LttngUstTracepoint(Capability.No("LTTng-UST refused the tracepoint", "LTTng-UST 2.13 or newer"));
        }

        return new LttngUstTracepoint(library, provider, registration);
    }

    /// <summary>
    /// Bound by the library's ring buffer, about 60 ns for one session; by one load while nobody listens. Allocates nothing. The calls
    /// leave out the transition to native code: each takes nanoseconds and none of them waits.
    /// </summary>
    public void Aggregated(ulong targetId, uint nrRegions, in DamonRegion region)
    {
        if (IsEnabled)
        {
            Fire(targetId, nrRegions, region);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tracepoint = s_nobody;
        void* registration = _registration;
        _registration = null;
        if (registration is not null)
        {
            _ = _library!.ModuleUnregister(_provider!.Module);
            _library.ProbeUnregister(registration);
        }
    }

    // A method of its own: its large frame must not be set up, and cleared, for events that nobody wants.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fire(ulong targetId, uint nrRegions, in DamonRegion region)
    {
        var payload = new LttngUstPayload
        {
            TargetId = targetId,
            NrRegions = nrRegions,
            Start = region.Start,
            End = region.End,
            NrAccesses = region.NrAccesses,
            Age = region.Age,
        };
        LttngUstLibrary library = _library!;
        _ = library.ReadLock();
        var probe = (LttngUstEvents.TracepointProbe*)Volatile.Read(ref *(nint*)&_tracepoint->Probes);
        for (; probe is not null && probe->Func is not null; probe++)
        {
            Write(probe->Data, &payload);
        }

        library.ReadUnlock();
    }

    /// <summary>One session: what the callback that lttng/ust-tracepoint-event.h generates does.</summary>
    private static void Write(LttngUstEvents.EventCommon* common, LttngUstPayload* payload)
    {
        // Notifiers (triggers) carry no payload of ours.
        if (common->Type != LttngUstEvents.EventTypeRecorder)
        {
            return;
        }

        LttngUstEvents.EventRecorder* recorder = common->Child;
        LttngUstEvents.ChannelBuffer* channel = recorder->Channel;
        LttngUstEvents.ChannelCommon* parent = channel->Parent;
        if (Volatile.Read(ref parent->Session->Active) == 0 || Volatile.Read(ref parent->Enabled) == 0
            || Volatile.Read(ref common->Enabled) == 0)
        {
            return;
        }

        var probeContext = new LttngUstEvents.ProbeCtx { StructSize = (uint)sizeof(LttngUstEvents.ProbeCtx) };
        if (common->EvalFilter != 0 && !Passes(common, payload, &probeContext))
        {
            return;
        }

        var context = new LttngUstEvents.RingBufferCtx
        {
            StructSize = (uint)sizeof(LttngUstEvents.RingBufferCtx),
            ClientPriv = recorder,
            DataSize = (nuint)sizeof(LttngUstPayload),
            LargestAlign = 1,
            ProbeCtx = &probeContext,
        };
        if (channel->Ops->EventReserve(&context) < 0)
        {
            // The buffer is full: LTTng counts it as a discarded event.
            return;
        }

        channel->Ops->EventWrite(&context, payload, (nuint)sizeof(LttngUstPayload), 1);
        channel->Ops->EventCommit(&context);
    }

    /// <summary>The filter reads the fields from a stack of 8-byte words, in the order of their declaration.</summary>
    private static bool Passes(LttngUstEvents.EventCommon* common, LttngUstPayload* payload, LttngUstEvents.ProbeCtx* context)
    {
        ulong* fields = stackalloc ulong[]
            { payload->TargetId, payload->NrRegions, payload->Start, payload->End, payload->NrAccesses, payload->Age };
        return common->RunFilter(common, fields, context, null) == LttngUstEvents.FilterAccept;
    }
}
