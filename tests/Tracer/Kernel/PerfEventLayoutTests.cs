using System.Runtime.CompilerServices;
using Tmds.Linux;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tests.Kernel;

/// <summary>linux/perf_event.h.</summary>
public class PerfEventLayoutTests
{
    [Fact]
    public void Attr_HasThePlacesOfTheHeader()
    {
        Assert.Equal(128, Unsafe.SizeOf<PerfEvent.Attr>());
        Assert.Equal(8, Offset<PerfEvent.Attr>(nameof(PerfEvent.Attr.Config)));
        Assert.Equal(24, Offset<PerfEvent.Attr>(nameof(PerfEvent.Attr.SampleType)));
        Assert.Equal(40, Offset<PerfEvent.Attr>(nameof(PerfEvent.Attr.Flags)));
        Assert.Equal(48, Offset<PerfEvent.Attr>(nameof(PerfEvent.Attr.WakeupWatermark)));
        Assert.Equal(92, Offset<PerfEvent.Attr>(nameof(PerfEvent.Attr.ClockId)));
    }

    [Fact]
    public void Sample_HasThePlacesOfItsSampleType()
    {
        Assert.Equal(36, Unsafe.SizeOf<PerfEvent.Sample>());
        Assert.Equal(8, Offset<PerfEvent.Sample>(nameof(PerfEvent.Sample.Pid)));
        Assert.Equal(12, Offset<PerfEvent.Sample>(nameof(PerfEvent.Sample.Tid)));
        Assert.Equal(16, Offset<PerfEvent.Sample>(nameof(PerfEvent.Sample.Time)));
        Assert.Equal(24, Offset<PerfEvent.Sample>(nameof(PerfEvent.Sample.Cpu)));
        Assert.Equal(32, Offset<PerfEvent.Sample>(nameof(PerfEvent.Sample.RawSize)));
        Assert.Equal(8, Unsafe.SizeOf<PerfEvent.Header>());
        Assert.Equal(8, Unsafe.SizeOf<pollfd>());
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
