using System.Runtime.InteropServices;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Ctf;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Tests.Parquet;
using Damon.Trace.Exporters.Tests.PerfScript;

namespace Damon.Trace.Exporters.Tests.Recordings;

/// <summary>
/// Estimates and idle times stand beside the kernel's fields: they change no byte of what the kernel's tools read, and cost no allocation.
/// </summary>
public sealed class EstimatesBesideTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public static TheoryData<string> Writers => ["text", "perf.data", "perf pipe", "damo json", "damo record"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Writers))]
    public void KernelLikeExport_HasTheSameBytes(string format)
    {
        byte[] without = Write(format, Recording(isEstimated: false));
        Assert.NotEmpty(without);
        Assert.Equal(without, Write(format, Recording(isEstimated: true)));
    }

    [Fact]
    public void Ctf_HasTheSameBytes()
    {
        string[] folders = [_directory.Of("without"), _directory.Of("with")];
        for (int i = 0; i < folders.Length; i++)
        {
            Recording(isEstimated: i == 1).Read(new CtfWriter(folders[i]), CancellationToken.None);
        }

        string[] names = [.. Directory.GetFiles(folders[0]).Select(path => Path.GetFileName(path)).Order()];
        Assert.NotEmpty(names);
        Assert.Equal(names, Directory.GetFiles(folders[1]).Select(path => Path.GetFileName(path)).Order());
        foreach (string stream in names.Where(name => name != "metadata"))
        {
            Assert.Equal(WithoutUuid(Path.Combine(folders[0], stream)), WithoutUuid(Path.Combine(folders[1], stream)));
        }
    }

    [Fact]
    public void Events_CostNoAllocation()
    {
        CountingSink sink = new();
        DamonEventDispatcher dispatcher = new(sink, wallOffsetNs: 0);
        byte[] header = new byte[84 + 32];
        byte[] estimates = new byte[16 + 4 + (100 * 16)];
        byte[] idle = new byte[80 + 4 + (5 * 40)];
        MemoryMarshal.Write(header, new SnapshotHeader { NrRegions = 100, AggrUs = 100_000, NrSamples = 20 });
        MemoryMarshal.Write(header.AsSpan(84), new SnapshotMemory { ResidentBytes = 4096 });
        MemoryMarshal.Write(estimates.AsSpan(12), 100);
        MemoryMarshal.Write(estimates.AsSpan(16), 100 * 16);
        MemoryMarshal.Write(idle, new IdlePages { NrRecords = 5 });
        MemoryMarshal.Write(idle.AsSpan(80), 5 * 40);
        byte[] region = new byte[36];
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int snapshot = 0; snapshot < 50; snapshot++)
            {
                Assert.True(dispatcher.TryDispatch(DamonEventId.Snapshot, 0, 1, 0, header));
                Assert.True(dispatcher.TryDispatch(DamonEventId.Estimates, 0, 1, 0, estimates));
                for (uint i = 0; i < 100; i++)
                {
                    MemoryMarshal.Write(region, new DamonAggregated { NrRegions = 100, Start = i, End = i + 1 });
                    Assert.True(dispatcher.TryDispatch(DamonEventId.Aggregated, 0, 1, 0, region));
                }

                Assert.True(dispatcher.TryDispatch(DamonEventId.Idle, 0, 1, 0, idle));
            }

            Assert.True(round == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }

        Assert.False(dispatcher.TryDispatch(DamonEventId.Estimates, 0, 1, 0, estimates.AsSpan(0, 100)));
        Assert.False(dispatcher.TryDispatch(DamonEventId.Idle, 0, 1, 0, idle.AsSpan(0, idle.Length - 1)));
    }

    /// <summary>The trace's random UUID stands behind the magic number of its only packet.</summary>
    private static byte[] WithoutUuid(string path)
    {
        byte[] stream = File.ReadAllBytes(path);
        stream.AsSpan(4, 16).Clear();
        return stream;
    }

    private static byte[] Write(string format, HandmadeRecording recording)
    {
        using MemoryStream output = new();
        IRecordingSink writer = format switch
        {
            "text" => new PerfScriptWriter(output),
            "perf.data" => new PerfDataWriter(output),
            "perf pipe" => new PerfPipeWriter(output),
            "damo json" => new DamoJsonWriter(output),
            _ => new DamoBinaryWriter(output),
        };
        using IDisposable? owned = writer as IDisposable;
        recording.Read(writer, CancellationToken.None);
        return output.ToArray();
    }

    private static HandmadeRecording Recording(bool isEstimated)
    {
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 1_790_000_000_000_000_000 }.Target(0, 42, "app", "app");
        for (int i = 0; i < 5; i++)
        {
            RegionEstimateRecord[] estimates = [HandmadeRecording.Estimate(1, 0, 0.5f), HandmadeRecording.Estimate(3, 1, 0.1f)];
            recording.Snapshot(i, [(4096, 8192, 3, 1), (8192, 32768, 0, (uint)i)], estimates: isEstimated ? estimates : null);
            if (isEstimated)
            {
                recording.Idle(i, [(0, 4, 0, [(0, 1), (14, 3)])]);
            }
        }

        return recording;
    }
}
