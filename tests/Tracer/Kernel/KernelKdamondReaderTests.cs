using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.PerfRings;

namespace Damon.Trace.Tracer.Tests.Kernel;

public sealed class KernelKdamondReaderTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Describe_ReadsTheSettingsOfTheKdamondWithThatPid()
    {
        _files.Write("proc/91/comm", "kdamond.1\n");
        _files.Write("kdamonds/nr_kdamonds", "2\n");
        _files.Write("kdamonds/0/pid", "90\n");
        _files.Write("kdamonds/1/pid", "91\n");
        const string Context = "kdamonds/1/contexts/0/";
        _files.Write(Context + "operations", "vaddr\n");
        _files.Write(Context + "monitoring_attrs/intervals/sample_us", "5000\n");
        _files.Write(Context + "monitoring_attrs/intervals/aggr_us", "100000\n");
        _files.Write(Context + "monitoring_attrs/intervals/update_us", "1000000\n");
        _files.Write(Context + "monitoring_attrs/nr_regions/min", "10\n");
        _files.Write(Context + "monitoring_attrs/nr_regions/max", "1000\n");
        _files.Write(Context + "targets/nr_targets", "2\n");
        _files.Write(Context + "targets/1/pid_target", "4243\n");
        _files.Write(Context + "targets/0/pid_target", "4242\n");

        KernelKdamond kdamond = Reader().Describe(91);

        Assert.Equal("kdamond.1", kdamond.Comm);
        Assert.Equal("kdamonds/1", kdamond.Owner);
        Assert.Equal("vaddr", kdamond.Operations);
        Assert.Equal([4242, 4243], kdamond.TargetPids);
        Assert.Equal(5000UL, kdamond.Attributes!.Value.SampleUs);
        Assert.Equal(100_000UL, kdamond.Attributes.Value.AggrUs);
        Assert.Equal(1_000_000UL, kdamond.Attributes.Value.UpdateUs);
        Assert.Equal(10u, kdamond.Attributes.Value.MinNrRegions);
        Assert.Equal(1000u, kdamond.Attributes.Value.MaxNrRegions);
        Assert.Equal([90, 91], Reader().RunningTids());
    }

    [Fact]
    public void Describe_ReadsTheParametersOfAModule()
    {
        _files.Write("proc/55/comm", "kdamond.0\n");
        _files.Write("modules/damon_reclaim/parameters/kdamond_pid", "55\n");
        _files.Write("modules/damon_reclaim/parameters/sample_interval", "5000\n");
        _files.Write("modules/damon_reclaim/parameters/aggr_interval", "100000\n");
        KernelKdamond kdamond = Reader().Describe(55);
        Assert.Equal("damon_reclaim", kdamond.Owner);
        Assert.Equal("paddr", kdamond.Operations);
        Assert.Equal(100_000UL, kdamond.Attributes!.Value.AggrUs);
    }

    [Fact]
    public void Describe_OfAThreadThatIsGone_FallsBackToPerfsSpelling()
    {
        KernelKdamond kdamond = Reader().Describe(4711);
        Assert.Equal(":4711", kdamond.Comm);
        Assert.Null(kdamond.Attributes);
    }

    [Fact]
    public void RunningTids_LeavesOutKdamondsThatAreOff()
    {
        _files.Write("kdamonds/0/pid", "-1\n");
        Assert.Empty(Reader().RunningTids());
    }

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-2,8,10-11\n", new[] { 0, 1, 2, 8, 10, 11 })]
    public void CpuList_IsTheKernels(string text, int[] cpus) => Assert.Equal(cpus, CpuRings.ParseCpuList(text));

    private KernelKdamondReader Reader() => new(_files.File("proc"), _files.File("kdamonds"), _files.File("modules"));
}
