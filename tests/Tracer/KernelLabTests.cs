using System.IO.Compression;

namespace Damon.Trace.Tracer.Tests;

/// <summary>The lab is what its users take it for.</summary>
[Trait("Category", KernelLab.Category)]
[Trait("Category", KernelLab.OnlyCategory)]
public sealed class KernelLabTests
{
    [Fact]
    public void One_mark_alone_is_not_the_lab()
    {
        bool parameter = File.ReadAllText("/proc/cmdline").Contains("damon_trace.lab=1", StringComparison.Ordinal);
        bool variable = Environment.GetEnvironmentVariable("DAMON_TRACE_LAB") == "1";

        Assert.Equal(parameter && variable, KernelLab.IsHere);
    }

    /// <summary>Each way to learn of an access shows by a file of its own; the lab's kernel must not lose one unnoticed.</summary>
    [Theory]
    [InlineData("/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds")]
    [InlineData("/sys/kernel/mm/page_idle/bitmap")]
    [InlineData("/sys/kernel/tracing/user_events_data")]
    [InlineData("/sys/kernel/tracing/uprobe_events")]
    [InlineData("/sys/kernel/tracing/events/damon/damon_aggregated/id")]
    [InlineData("/sys/kernel/btf/vmlinux")]
    [InlineData("/sys/kernel/mm/transparent_hugepage/enabled")]
    [InlineData("/proc/pressure/memory")]
    [InlineData("/sys/devices/system/node/node1")]
    [InlineData("/proc/self/clear_refs")]
    [InlineData("/proc/kpageflags")]
    public void The_own_kernel_has_every_feature(string path)
    {
        KernelLab.RequireEverything();

        Assert.True(Path.Exists(path), path);
    }

    /// <summary>These show by no file: their symbols in the kernel's own configuration.</summary>
    [Theory]
    [InlineData("CONFIG_USERFAULTFD=y")]
    [InlineData("CONFIG_MEM_SOFT_DIRTY=y")]
    [InlineData("CONFIG_PROC_PAGE_MONITOR=y")]
    [InlineData("CONFIG_ANON_VMA_NAME=y")]
    [InlineData("CONFIG_BPF_JIT=y")]
    [InlineData("CONFIG_X86_5LEVEL=y")]
    public void The_own_kernel_is_configured_with(string symbol)
    {
        KernelLab.RequireEverything();
        using var reader = new StreamReader(new GZipStream(File.OpenRead("/proc/config.gz"), CompressionMode.Decompress));

        Assert.Contains(symbol, reader.ReadToEnd().Split('\n'));
    }

    [Fact]
    public void Memory_can_be_swapped_out()
    {
        KernelLab.RequireEverything();

        Assert.Contains("/dev/zram0", File.ReadAllText("/proc/swaps"), StringComparison.Ordinal);
    }
}
