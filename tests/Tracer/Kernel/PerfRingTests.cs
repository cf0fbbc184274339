using Damon.Trace.Tracer.PerfRings;

namespace Damon.Trace.Tracer.Tests.Kernel;

public class PerfRingTests
{
    [Fact]
    public void Drain_HandsOverRecordsThatRunOverTheEndOfTheRing()
    {
        // 88-byte records in a ring of 1024 bytes: every start offset that is a multiple of 8 comes up, and with it every place to be cut.
        using var ring = new FakeRing(1024);
        var seen = new List<byte[]>();
        var written = new List<byte[]>();
        var sink = new Keeper(seen);
        for (uint i = 0; i < 500; i++)
        {
            byte[] record = FakeRing.Sample(77, i, 0, FakeRing.Aggregated(767, i, 1, i * 4096UL, (i + 1) * 4096UL, i % 20, i));
            written.Add(record);
            ring.Write(record);
            if (i % 7 == 6)
            {
                ring.Reader.Drain(ref sink);
                Assert.Equal(ring.Head, ring.Tail);
            }
        }

        ring.Reader.Drain(ref sink);
        Assert.Equal(written, seen);
    }

    [Fact]
    public void Drain_OfAnEmptyRing_DoesNothing()
    {
        using var ring = new FakeRing(4096);
        var sink = new Keeper([]);
        ring.Reader.Drain(ref sink);
        Assert.Equal(0UL, ring.Tail);
    }

    private readonly struct Keeper(List<byte[]> seen) : IPerfRecordSink
    {
        public void OnRecord(uint type, ReadOnlySpan<byte> record) => seen.Add(record.ToArray());
    }
}
