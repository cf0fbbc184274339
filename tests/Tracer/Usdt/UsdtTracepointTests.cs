#pragma warning disable CA1416 // File modes, on Linux only.
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tracepoints.Usdt;

namespace Damon.Trace.Tracer.Tests.Usdt;

public class UsdtTracepointTests
{
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    [Fact]
    public void Register_WritesTheLibraryForAllToRead()
    {
        using var directory = new TemporaryDirectory();
        using UsdtTracepoint tracepoint = UsdtTracepoint.Register(directory.Path);

        Assert.True(tracepoint.Capability.Available, tracepoint.Capability.Reason);
        Assert.Equal(directory.File(UsdtImage.SoName), tracepoint.LibraryPath);
        Assert.Equal(ReadableByAll, File.GetUnixFileMode(tracepoint.LibraryPath!));
        Assert.Single(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public void Register_LeavesAFileWithTheRightBytesAlone()
    {
        using var directory = new TemporaryDirectory();
        using UsdtTracepoint first = UsdtTracepoint.Register(directory.Path);
        File.SetLastWriteTimeUtc(first.LibraryPath!, DateTime.UnixEpoch);
        using UsdtTracepoint second = UsdtTracepoint.Register(directory.Path);

        Assert.True(second.Capability.Available);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(second.LibraryPath!));
    }

    [Fact]
    public void Register_ReplacesAFileWithOtherBytes()
    {
        using var directory = new TemporaryDirectory();
        directory.Write(UsdtImage.SoName, "half a libr");
        using UsdtTracepoint tracepoint = UsdtTracepoint.Register(directory.Path);

        Assert.True(tracepoint.Capability.Available, tracepoint.Capability.Reason);
        Assert.Single(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public void Register_IsInertInADirectoryOthersMayWrite()
    {
        using var directory = new TemporaryDirectory();
        File.SetUnixFileMode(directory.Path, File.GetUnixFileMode(directory.Path) | UnixFileMode.OtherWrite);
        using UsdtTracepoint tracepoint = UsdtTracepoint.Register(directory.Path);

        Assert.False(tracepoint.Capability.Available);
        Assert.Contains("other users", tracepoint.Capability.Reason);
        Assert.Null(tracepoint.LibraryPath);
        Assert.Null(tracepoint.DescribeUprobe("a", "b"));
        Assert.False(tracepoint.IsEnabled);
        tracepoint.Aggregated(0, 1, default);
    }

    [Fact]
    public void Register_IsInertWhereNoDirectoryCanBeMade()
    {
        using UsdtTracepoint tracepoint = UsdtTracepoint.Register("/proc/self/damon-trace");
        Assert.False(tracepoint.Capability.Available);
        Assert.Contains("/proc/self/damon-trace", tracepoint.Capability.Reason);
    }

    [Fact]
    public void Aggregated_WithoutListenersDoesNothingAndAllocatesNothing()
    {
        using var directory = new TemporaryDirectory();
        using UsdtTracepoint tracepoint = UsdtTracepoint.Register(directory.Path);
        var region = new DamonRegion { Start = 0x1000, End = 0x2000, NrAccesses = 3, Age = 4 };
        tracepoint.Aggregated(0, 1, region);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            tracepoint.Aggregated(0, 1, region);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.False(tracepoint.IsEnabled);
    }

    [Fact]
    public void Dispose_LeavesAnInertObject()
    {
        using var directory = new TemporaryDirectory();
        UsdtTracepoint tracepoint = UsdtTracepoint.Register(directory.Path);
        tracepoint.Dispose();
        tracepoint.Dispose();
        Assert.False(tracepoint.IsEnabled);
        tracepoint.Aggregated(0, 1, default);
    }
}
