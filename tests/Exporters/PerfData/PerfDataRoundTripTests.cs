using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>What is written is read: the same snapshots, in the same order.</summary>
public class PerfDataRoundTripTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reader_gives_what_the_file_writer_got(bool allEvents) => ForSeeds(seed =>
    {
        MemoryStream file = new();
        return (Recording(seed, allEvents), new PerfDataWriter(file, new PerfDataOptions { AllEvents = allEvents }), file);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reader_gives_what_the_pipe_writer_got(bool allEvents) => ForSeeds(seed =>
    {
        MemoryStream pipe = new();
        return (Recording(seed, allEvents), new PerfPipeWriter(pipe, new PerfDataOptions { AllEvents = allEvents }), pipe);
    });

    [Fact]
    public void A_pipe_is_valid_wherever_it_breaks_off()
    {
        using MemoryStream pipe = new();
        Recording(1, true).Send(new PerfPipeWriter(pipe, new PerfDataOptions { AllEvents = true }));
        byte[] bytes = pipe.ToArray();
        List<string> whole = Recorded.Read(bytes).Lines;
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            Recorded part = Recorded.Read(bytes[..random.Next(16, bytes.Length)]);
            Assert.True(part.Lines.Count <= whole.Count + 1);
            Assert.Equal(whole.Where(line => line[0] == ' ').Take((int)part.End!.Events), part.Lines.Where(line => line[0] == ' '));
        }
    }

    [Fact]
    public void Writing_allocates_nothing_per_event()
    {
        Snapshot snapshot = new() { Kdamond = "kdamond.0", KdamondTid = 7, NrRegions = 5000, Complete = true };
        for (int i = 0; i < 5000; i++)
        {
            snapshot.Add(new RegionEvent { TimestampNs = 1_000 + i, Start = (ulong)i, End = (ulong)i + 1 });
        }

        PerfPipeWriter writer = new(Stream.Null);
        for (int i = 0; i < 3; i++)
        {
            writer.OnSnapshot(snapshot);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            writer.OnSnapshot(snapshot);
        }

        // Half a million events; the runtime itself may need a few bytes when it compiles a loop anew.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static HostileRecording Recording(int seed, bool allEvents) =>
        new(seed) { WithAllEvents = allEvents, WallOffsetNs = 1_700_000_000_000_000_000 };

    private static void ForSeeds(Func<int, (HostileRecording Recording, IRecordingSink Writer, MemoryStream Output)> start)
    {
        for (int seed = 1; seed <= 25; seed++)
        {
            (HostileRecording recording, IRecordingSink writer, MemoryStream output) = start(seed);
            recording.Send(writer);
            Recorded expected = new();
            Recording(seed, recording.WithAllEvents).Send(expected);
            Recorded read = Recorded.Read(output.ToArray());
            Assert.True(expected.Lines.SequenceEqual(read.Lines), $"seed {seed}");
            Assert.Equal((expected.End!.Events, 0, null), (read.End!.Events, read.End.IncompleteSnapshots, read.End.Truncation));
        }
    }
}
