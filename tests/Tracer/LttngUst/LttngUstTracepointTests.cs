using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Tests.Usdt;
using Damon.Trace.Tracer.Tracepoints.LttngUst;

namespace Damon.Trace.Tracer.Tests.LttngUst;

[Trait("Category", "Linux")]
public class LttngUstTracepointTests
{
    private const int Count = 20_000;

    [Fact]
    public void Register_GivesAnObjectThatMayBeAskedAndFired()
    {
        using LttngUstTracepoint tracepoint = LttngUstTracepoint.Register();
        Assert.True(tracepoint.Capability.Available || tracepoint.Capability.Reason is not null);
        tracepoint.Aggregated(0, 1, default);
        tracepoint.Dispose();
        Assert.False(tracepoint.IsEnabled);
        tracepoint.Aggregated(0, 1, default);
    }

    [Fact]
    public void Lttng_RecordsEveryEventWithTypedFields()
    {
        using LttngUstTracepoint tracepoint = Require();
        using var session = new LttngSession();
        session.Record("damon:aggregated");
        AwaitEnabled(tracepoint);
        ProbeFire.Fire(tracepoint, Count);
        string[] lines = session.StopAndRead();

        Assert.Equal(
            ProbeFire.Expected(Count, (target, nr, region) =>
                $"{{ target_id = {target}, nr_regions = {nr}, start = {region.Start}, end = {region.End}, "
                + $"nr_accesses = {region.NrAccesses}, age = {region.Age} }}"),
            lines.Select(line => line[line.IndexOf("{ target_id", StringComparison.Ordinal)..]));
        Assert.All(lines, line => Assert.Contains(" damon:aggregated: ", line));
    }

    [Fact]
    public void Lttng_FiltersByFields()
    {
        using LttngUstTracepoint tracepoint = Require();
        using var session = new LttngSession();
        session.Record("damon:*", "target_id == 2 && nr_accesses > 15 && start != 0");
        AwaitEnabled(tracepoint);
        ProbeFire.Fire(tracepoint, Count);
        string[] lines = session.StopAndRead();

        int expected = Enumerable.Range(0, Count).Count(i => (i & 3) == 2 && ProbeFire.Region(i).NrAccesses > 15);
        Assert.Equal(expected, lines.Length);
        Assert.All(lines, line => Assert.Contains("{ target_id = 2, ", line));
    }

    private static LttngUstTracepoint Require()
    {
        LttngUstTracepoint tracepoint = LttngUstTracepoint.Register();
        Capability capability = tracepoint.Capability;
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        return tracepoint;
    }

    /// <summary>The library's threads look for a session daemon every few seconds.</summary>
    private static void AwaitEnabled(LttngUstTracepoint tracepoint)
    {
        for (int i = 0; !tracepoint.IsEnabled; i++)
        {
            Assert.True(i < 300, "the tracepoint did not follow the session within 30 s");
            Thread.Sleep(100);
        }
    }
}
