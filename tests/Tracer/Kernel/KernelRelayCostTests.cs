using Damon.Trace.Events;
using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tests.Kernel;

public class KernelRelayCostTests(ITestOutputHelper log)
{
    private const int PerRound = 10_000;
    private const int Rounds = 60;

    /// <summary>From a ring in ordinary memory: reading, decoding, ordering and giving out. The figure is for the reader.</summary>
    [Fact]
    public void Relay_AllocatesNothingOnceTheKdamondIsKnown()
    {
        using var ring = new FakeRing(2 << 20);
        var relay = new KernelRelay(
            [new KernelTracepoint(KernelEventKind.Aggregated, TraceFormat.Parse(Formats.Aggregated))],
            new KernelKdamonds(new KernelKdamondReader("/nowhere", "/nowhere", "/nowhere")));
        var observer = new Counter();
        double best = double.MaxValue;
        long allocated = 0;
        for (uint round = 0; round < Rounds; round++)
        {
            Fill(ring, round);
            if (round == Rounds / 2)
            {
                // The compiler replaces its first, slow code in the background.
                Thread.Sleep(500);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            long startNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
            var sink = new KernelRelay.Sink(relay, observer, 0);
            ring.Reader.Drain(ref sink);
            relay.Deliver(observer, ulong.MaxValue);
            best = Math.Min(best, (Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - startNs) / (double)PerRound);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal((uint)(Rounds * PerRound), observer.Count);
        Assert.Equal(0, allocated);
        log.WriteLine($"{best:F1} ns per event from ring to observer");
    }

    private static void Fill(FakeRing ring, uint round)
    {
        for (uint i = 0; i < PerRound; i++)
        {
            ulong timestampNs = (((ulong)round * PerRound) + i) * 1000;
            ring.Write(FakeRing.Sample(77, timestampNs, 0, FakeRing.Aggregated(767, 0, PerRound, i * 4096UL, (i + 1) * 4096UL, i % 20, i)));
        }
    }

    private sealed class Counter : IKernelDamonObserver
    {
        internal uint Count { get; private set; }

        public void OnKdamond(KernelKdamond kdamond)
        {
        }

        public void OnAggregated(in KernelEvent origin, in DamonAggregated region) => Count++;

        public void OnRegionAggregated(in KernelEvent origin, in DamonAggregated region, ReadOnlySpan<byte> probeHits)
        {
        }

        public void OnBeforeApply(in KernelEvent origin, in DamosBeforeApply application)
        {
        }

        public void OnEffectiveSize(in KernelEvent origin, in DamosEffectiveSize size)
        {
        }

        public void OnSchemeStatistics(in KernelEvent origin, in DamosStatistics statistics)
        {
        }

        public void OnIntervalsTuned(in KernelEvent origin, in MonitorIntervalsTune tune)
        {
        }

        public void OnLost(int cpu, ulong nrLost)
        {
        }
    }
}
