using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>
/// lttng/ust-events.h, lttng/tracepoint-types.h and lttng/ust-ringbuffer-context.h of LTTng-UST 2.13 (liblttng-ust.so.1), LP64. Within
/// .so.1 fields are only appended; most structs begin with the size they were compiled with. Names as in the headers, without the prefix
/// lttng_ust_; structs that the library owns are declared only as far as they are read.
/// </summary>
internal static unsafe class LttngUstEvents
{
    /// <summary>LTTNG_UST_PROVIDER_MAJOR and MINOR.</summary>
    internal const uint ProviderMajor = 3;
    internal const uint ProviderMinor = 0;

    /// <summary>lttng_ust_type_integer of enum lttng_ust_type.</summary>
    internal const int TypeInteger = 0;

    /// <summary>LTTNG_UST_EVENT_TYPE_RECORDER.</summary>
    internal const int EventTypeRecorder = 0;

    /// <summary>LTTNG_UST_EVENT_FILTER_ACCEPT.</summary>
    internal const int FilterAccept = 0;

    /// <summary>LTTNG_UST_TRACEPOINT_LOGLEVEL_INFO.</summary>
    internal const int LogLevelInfo = 6;

    [StructLayout(LayoutKind.Sequential)]
    internal struct ProbeDesc
    {
        internal uint StructSize;
        internal byte* ProviderName;
        internal EventDesc** EventDesc;
        internal uint NrEvents;
        internal uint Major;
        internal uint Minor;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct EventDesc
    {
        internal uint StructSize;
        internal byte* EventName;
        internal ProbeDesc* ProbeDesc;
        internal TracepointClass* Class;
        internal int** LogLevel;
        internal byte** ModelEmfUri;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TracepointClass
    {
        internal uint StructSize;
        internal EventField** Fields;
        internal nuint NrFields;

        /// <summary>The library only compares it: it never calls it.</summary>
        internal void* ProbeCallback;
        internal byte* Signature;
        internal ProbeDesc* ProbeDesc;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct EventField
    {
        internal uint StructSize;
        internal byte* Name;
        internal TypeIntegerDesc* Type;
        internal ulong Flags;
    }

    /// <summary>struct lttng_ust_type_integer, whose parent (enum lttng_ust_type) is its first member.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TypeIntegerDesc
    {
        internal int Type;
        internal uint StructSize;
        internal uint SizeBits;
        internal ushort AlignmentBits;

        /// <summary>signedness, bit 0, and reverse_byte_order, bit 1.</summary>
        internal ushort Flags;
        internal uint Base;
    }

    /// <summary>struct lttng_ust_tracepoint: state and probes are written by the library.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Tracepoint
    {
        internal uint StructSize;
        internal byte* ProviderName;
        internal byte* EventName;
        internal int State;
        internal TracepointProbe* Probes;
        internal int* ProviderRef;
        internal byte* Signature;
    }

    /// <summary>One listener; a null Func ends the list.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TracepointProbe
    {
        internal void* Func;
        internal EventCommon* Data;
    }

    [StructLayout(LayoutKind.Explicit)]
    internal struct EventCommon
    {
        [FieldOffset(16)]
        internal int Type;

        [FieldOffset(24)]
        internal EventRecorder* Child;

        [FieldOffset(32)]
        internal int Enabled;

        [FieldOffset(36)]
        internal int EvalFilter;

        [FieldOffset(40)]
        internal delegate* unmanaged[SuppressGCTransition]<EventCommon*, void*, ProbeCtx*, void*, int> RunFilter;
    }

    [StructLayout(LayoutKind.Explicit)]
    internal struct EventRecorder
    {
        [FieldOffset(24)]
        internal ChannelBuffer* Channel;
    }

    [StructLayout(LayoutKind.Explicit)]
    internal struct ChannelBuffer
    {
        [FieldOffset(8)]
        internal ChannelCommon* Parent;

        [FieldOffset(24)]
        internal ChannelBufferOps* Ops;
    }

    [StructLayout(LayoutKind.Explicit)]
    internal struct ChannelCommon
    {
        [FieldOffset(32)]
        internal int Enabled;

        [FieldOffset(40)]
        internal Session* Session;
    }

    [StructLayout(LayoutKind.Explicit)]
    internal struct Session
    {
        [FieldOffset(16)]
        internal int Active;
    }

    [StructLayout(LayoutKind.Explicit)]
    internal struct ChannelBufferOps
    {
        [FieldOffset(16)]
        internal delegate* unmanaged[SuppressGCTransition]<RingBufferCtx*, int> EventReserve;

        [FieldOffset(24)]
        internal delegate* unmanaged[SuppressGCTransition]<RingBufferCtx*, void> EventCommit;

        [FieldOffset(32)]
        internal delegate* unmanaged[SuppressGCTransition]<RingBufferCtx*, void*, nuint, nuint, void> EventWrite;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct RingBufferCtx
    {
        internal uint StructSize;
        internal void* ClientPriv;
        internal nuint DataSize;
        internal int LargestAlign;
        internal ProbeCtx* ProbeCtx;
        internal void* Priv;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ProbeCtx
    {
        internal uint StructSize;
        internal void* Ip;
    }
}
