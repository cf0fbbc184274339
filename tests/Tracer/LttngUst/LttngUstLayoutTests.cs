using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Tracepoints.LttngUst;

namespace Damon.Trace.Tracer.Tests.LttngUst;

/// <summary>The numbers a C compiler gives for the headers of LTTng-UST 2.13.5 on x86-64.</summary>
public class LttngUstLayoutTests
{
    [Fact]
    public void StructsOfOurs_HaveTheSizesOfTheHeaders()
    {
        Assert.Equal(40, Unsafe.SizeOf<LttngUstEvents.ProbeDesc>());
        Assert.Equal(48, Unsafe.SizeOf<LttngUstEvents.EventDesc>());
        Assert.Equal(48, Unsafe.SizeOf<LttngUstEvents.TracepointClass>());
        Assert.Equal(32, Unsafe.SizeOf<LttngUstEvents.EventField>());
        Assert.Equal(20, Unsafe.SizeOf<LttngUstEvents.TypeIntegerDesc>());
        Assert.Equal(56, Unsafe.SizeOf<LttngUstEvents.Tracepoint>());
        Assert.Equal(16, Unsafe.SizeOf<LttngUstEvents.TracepointProbe>());
        Assert.Equal(48, Unsafe.SizeOf<LttngUstEvents.RingBufferCtx>());
        Assert.Equal(16, Unsafe.SizeOf<LttngUstEvents.ProbeCtx>());
        Assert.Equal(36, Unsafe.SizeOf<LttngUstPayload>());
    }

    [Fact]
    public void Fields_HaveThePlacesOfTheHeaders()
    {
        AssertPlaces<LttngUstEvents.ProbeDesc>(("ProviderName", 8), ("EventDesc", 16), ("NrEvents", 24), ("Major", 28), ("Minor", 32));
        AssertPlaces<LttngUstEvents.EventDesc>(
            ("EventName", 8), ("ProbeDesc", 16), ("Class", 24), ("LogLevel", 32), ("ModelEmfUri", 40));
        AssertPlaces<LttngUstEvents.TracepointClass>(
            ("Fields", 8), ("NrFields", 16), ("ProbeCallback", 24), ("Signature", 32), ("ProbeDesc", 40));
        AssertPlaces<LttngUstEvents.EventField>(("Name", 8), ("Type", 16), ("Flags", 24));
        AssertPlaces<LttngUstEvents.TypeIntegerDesc>(
            ("Type", 0), ("StructSize", 4), ("SizeBits", 8), ("AlignmentBits", 12), ("Flags", 14), ("Base", 16));
        AssertPlaces<LttngUstEvents.Tracepoint>(
            ("ProviderName", 8), ("EventName", 16), ("State", 24), ("Probes", 32), ("ProviderRef", 40), ("Signature", 48));
        AssertPlaces<LttngUstEvents.EventCommon>(("Type", 16), ("Child", 24), ("Enabled", 32), ("EvalFilter", 36), ("RunFilter", 40));
        AssertPlaces<LttngUstEvents.EventRecorder>(("Channel", 24));
        AssertPlaces<LttngUstEvents.ChannelBuffer>(("Parent", 8), ("Ops", 24));
        AssertPlaces<LttngUstEvents.ChannelCommon>(("Enabled", 32), ("Session", 40));
        AssertPlaces<LttngUstEvents.Session>(("Active", 16));
        AssertPlaces<LttngUstEvents.ChannelBufferOps>(("EventReserve", 16), ("EventCommit", 24), ("EventWrite", 32));
        AssertPlaces<LttngUstEvents.RingBufferCtx>(
            ("ClientPriv", 8), ("DataSize", 16), ("LargestAlign", 24), ("ProbeCtx", 32), ("Priv", 40));
        AssertPlaces<LttngUstEvents.ProbeCtx>(("Ip", 8));
    }

    private static void AssertPlaces<T>(params (string Field, int Offset)[] places) =>
        Assert.All(places, place => Assert.Equal(place.Offset, (int)Marshal.OffsetOf<T>(place.Field)));
}
