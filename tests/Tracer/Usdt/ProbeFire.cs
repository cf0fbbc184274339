using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Tracepoints.Usdt;

namespace Damon.Trace.Tracer.Tests.Usdt;

/// <summary>Fires a known series of regions, with every bit of every field used somewhere in it.</summary>
internal static class ProbeFire
{
    internal static DamonRegion Region(int i) => new()
    {
        Start = i == 1 ? 0 : 0x7F00_0000_0000UL + ((ulong)i * 0x1000),
        End = i == 1 ? ulong.MaxValue : 0x7F00_0000_1000UL + ((ulong)i * 0x1000),
        NrAccesses = i == 1 ? uint.MaxValue : (uint)(i % 21),
        Age = i == 1 ? uint.MaxValue - 1 : (uint)i,
    };

    /// <summary>How the kernel prints an event with fields of our names.</summary>
    internal static string NamedFields(ulong target, int nr, DamonRegion region) =>
        $"target_id={target} nr_regions={nr} start={region.Start} end={region.End} "
        + $"nr_accesses={region.NrAccesses} age={region.Age}";

    /// <summary>The series as text with the given form of one event.</summary>
    internal static IEnumerable<string> Expected(int count, Func<ulong, int, DamonRegion, string> form) =>
        Enumerable.Range(0, count).Select(i => form((ulong)(i & 3), count, Region(i)));

    internal static void Fire(INativeTracepoint tracepoint, int count)
    {
        for (int i = 0; i < count; i++)
        {
            tracepoint.Aggregated((ulong)(i & 3), (uint)count, Region(i));
        }
    }

    /// <summary>Waits until the semaphore shows that number of listeners.</summary>
    internal static void AwaitListeners(UsdtTracepoint tracepoint, int count, ForeignTool? tool = null)
    {
        for (int i = 0; tracepoint.NrListeners != count; i++)
        {
            if (tool is { HasExited: true })
            {
                (int status, string output, string error) = tool.WaitForEnd();
                Assert.Fail($"the tracer ended early with {status}: {error}{output}");
            }

            Assert.True(i < 600, $"{tracepoint.NrListeners} listeners after 30 s, expected {count}");
            Thread.Sleep(50);
        }
    }
}
