using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tests.Kernel.Driving;

public sealed class DamonSysfsTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Write_NeverCreatesAFile()
    {
        _files.Write("0/state", "off\n");
        DamonSysfs sysfs = new(_files.File("."));
        Assert.Equal(-Errno.ENOENT, sysfs.Write("0/nothing", "1"));
        Assert.False(File.Exists(_files.File("0/nothing")));
        Assert.Equal(0, sysfs.Write("0/state", "on\n"));
        Assert.Equal("on", sysfs.Read("0/state")![..2]);
        Assert.Null(sysfs.Read("0/nothing"));
    }

    [Fact]
    public void Identity_TellsDirectoriesApart()
    {
        _files.Write("0/state", "");
        _files.Write("1/state", "");
        DamonSysfs sysfs = new(_files.File("."));
        Assert.NotEqual(0UL, sysfs.Identity("0"));
        Assert.NotEqual(sysfs.Identity("0"), sysfs.Identity("1"));
        Assert.Equal(0UL, sysfs.Identity("2"));
    }
}
