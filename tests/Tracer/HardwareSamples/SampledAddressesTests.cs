using System.Buffers.Binary;
using Damon.Trace.Tracer.AccessChecks.HardwareSamples;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.PerfRings;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.AccessBits;
using Damon.Trace.Tracer.Tests.Kernel;

namespace Damon.Trace.Tracer.Tests.HardwareSamples;

public sealed class SampledAddressesTests
{
    private const int Pid = 77;

    [Fact]
    public void SamplesOfTheProcess_AreFoundInTheirPages()
    {
        using var ring = new FakeRing(4096);
        var samples = new SampledAddresses(Pid);
        ring.Write(Sample(Pid, 0x7008), Sample(Pid + 1, 0x9000), Sample(Pid, 0), Sample(Pid, 0x5fff), Sample(Pid, 0x7010));
        Drain(ring, samples);

        Assert.Equal(3, samples.Count);
        Assert.True(samples.HasAnyIn(0x7000, 0x8000));
        Assert.True(samples.HasAnyIn(0x5000, 0x6000));
        Assert.True(samples.HasAnyIn(0x5fff, 0x6000));
        Assert.False(samples.HasAnyIn(0x6000, 0x7000));
        Assert.False(samples.HasAnyIn(0x9000, 0xa000));
        Assert.False(samples.HasAnyIn(0x5000, 0x5fff));
    }

    [Fact]
    public void ANewWindow_ForgetsTheOldOne()
    {
        using var ring = new FakeRing(4096);
        var samples = new SampledAddresses(Pid);
        ring.Write(Sample(Pid, 0x7000));
        Drain(ring, samples);
        samples.Clear();
        ring.Write(Sample(Pid, 0x5000));
        Drain(ring, samples);

        Assert.False(samples.HasAnyIn(0x7000, 0x8000));
        Assert.True(samples.HasAnyIn(0x5000, 0x6000));
    }

    [Fact]
    public void LostSamples_AreCounted()
    {
        using var ring = new FakeRing(4096);
        var samples = new SampledAddresses(Pid);
        ring.Write(FakeRing.Lost(2, 5), FakeRing.Lost(13, 7));
        Drain(ring, samples);

        Assert.Equal(12UL, samples.NrLost);
    }

    [Fact]
    public void ARecordCutShort_IsLeftOut()
    {
        var samples = new SampledAddresses(Pid);
        new SampledAddresses.Sink(samples).OnRecord(PerfEvent.PERF_RECORD_SAMPLE, Sample(Pid, 0x7000).AsSpan(0, 20));

        Assert.Equal(0, samples.Count);
    }

    [Fact]
    public void RealPageFaults_MakeTheirRegionsAccessedAndReplayedTheSame()
    {
        // The same records twice: as they come from the kernel, and from a copy as a recording keeps them.
        using CpuRings? rings = CpuRings.Open(AddressEvents.PageFaults, 256 << 10, out int errno);
        Assert.SkipWhen(rings is null, $"perf_event_open: {Errno.Describe(errno)}");
        using TestMapping memory = TestMapping.SmallPages(64);
        var live = new SampledAddresses(Environment.ProcessId);
        var recorded = new List<byte[]>();
        foreach (CpuRing ring in rings!.Rings)
        {
            var drop = new Recorder(new SampledAddresses(0), []);
            ring.Drain(ref drop);
        }

        for (int page = 0; page < 64; page += 4)
        {
            memory.Write(page);
        }

        foreach (CpuRing ring in rings.Rings)
        {
            var recorder = new Recorder(live, recorded);
            ring.Drain(ref recorder);
        }

        var replayed = new SampledAddresses(Environment.ProcessId);
        foreach (byte[] record in recorded)
        {
            new SampledAddresses.Sink(replayed).OnRecord(BinaryPrimitives.ReadUInt32LittleEndian(record), record);
        }

        Assert.Equal(
            Enumerable.Range(0, 16).Select(static i => i * 4), Enumerable.Range(0, 64).Where(page => live.HasAnyIn(memory.AddressOf(page), memory.AddressOf(page) + 1)));
        Assert.Equal(live.Count, replayed.Count);
        Assert.Equal(
            Enumerable.Range(0, 64).Select(page => live.HasAnyIn(memory.AddressOf(page), memory.AddressOf(page) + 4096)),
            Enumerable.Range(0, 64).Select(page => replayed.HasAnyIn(memory.AddressOf(page), memory.AddressOf(page) + 4096)));
    }

    [Fact]
    public void ARegion_IsAccessedWhereverInItTheSampleLies()
    {
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using HardwareSamplesCheck? check = HardwareSamplesCheck.TryOpen(self, AddressEvents.PageFaults, "page-faults", out int errno);
        Assert.SkipWhen(check is null, $"perf_event_open: {Errno.Describe(errno)}");
        using TestMapping memory = TestMapping.SmallPages(64);
        DamonRegion[] regions =
        [
            new() { Start = memory.AddressOf(0), End = memory.AddressOf(16) },
            new() { Start = memory.AddressOf(16), End = memory.AddressOf(32) },
            new() { Start = memory.AddressOf(32), End = memory.AddressOf(63) },
        ];
        ulong[] addresses = [memory.AddressOf(0), memory.AddressOf(16), memory.AddressOf(32)];
        var byRegion = new AccessState[3];
        var byPage = new AccessState[3];

        check!.MakeOld(addresses);
        memory.Write(31);
        memory.Write(32);
        check.ReadYoung(regions, addresses, byRegion);
        check.ReadYoung(addresses, byPage);

        Assert.Equal([AccessState.NotAccessed, AccessState.Accessed, AccessState.Accessed], byRegion);
        Assert.Equal([AccessState.NotAccessed, AccessState.NotAccessed, AccessState.Accessed], byPage);
    }

    /// <summary>PERF_RECORD_SAMPLE (9) for TID and ADDR, as linux/perf_event.h orders them: header, pid, tid, address.</summary>
    private static byte[] Sample(int pid, ulong address)
    {
        byte[] record = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(record, 9);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(6), 24);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), pid);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), pid);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(16), address);
        return record;
    }

    private static void Drain(FakeRing ring, SampledAddresses samples)
    {
        var sink = new SampledAddresses.Sink(samples);
        ring.Reader.Drain(ref sink);
    }

    private readonly struct Recorder(SampledAddresses samples, List<byte[]> records) : IPerfRecordSink
    {
        public void OnRecord(uint type, ReadOnlySpan<byte> record)
        {
            records.Add(record.ToArray());
            new SampledAddresses.Sink(samples).OnRecord(type, record);
        }
    }
}
