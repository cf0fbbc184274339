using System.Text;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.TraceEvents;

namespace Damon.Trace.Exporters.Tests.Recordings;

[Collection(SessionGroup.Name)]
public sealed class NetTraceFileTests(RecordedFile file)
{
    [Fact]
    public void A_file_gives_every_event_and_no_loss()
    {
        RecordedCalls calls = Read(new NetTraceReader(new MemoryStream(file.Bytes)));

        Assert.Equal(new RecordingEnd(RecordedFile.Snapshots, 0, RecordedFile.Snapshots * RecordedFile.Regions, 0, null), calls.End);
        Assert.Equal(RecordedFile.Snapshots, calls.Lines.Count(line => line.StartsWith("snapshot kdamond.0 ", StringComparison.Ordinal)));
        Assert.Contains(calls.Lines, line => line.Contains("[heap]", StringComparison.Ordinal));
        Assert.Contains(calls.Lines, line => line.Contains(" 0 4242 #39 250/250 True ", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_snapshot_has_its_estimates_and_the_facts_of_its_header()
    {
        RecordedCalls calls = Read(new NetTraceReader(new MemoryStream(file.Bytes)));

        Assert.Empty(calls.End!.Notes);
        Assert.All(
            calls.Lines.Where(line => line.StartsWith("snapshot ", StringComparison.Ordinal)),
            line => Assert.Matches(" 7 3 0 0 99000000 5000 100000 [1-9][0-9]* [0-9]+ 250 [0-9a-f]+$", line));
        Assert.Equal(RecordedFile.Snapshots / 10, calls.Lines.Count(line => line.StartsWith("idle 0 ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_later_version_is_refused()
    {
        // Behind the magic, the serializer's name and the tags and version of the first object: the least reader version.
        const int LeastReaderVersion = 8 + 24 + 7;
        byte[] later = [.. file.Bytes];
        Assert.Equal(4, later[LeastReaderVersion]);
        later[LeastReaderVersion] = 5;

        RecordingFormatException e = Assert.Throws<RecordingFormatException>(() => Read(new NetTraceReader(new MemoryStream(later))));
        Assert.Contains("needs a reader of NetTrace version 5, this one reads 4", e.Message, StringComparison.Ordinal);
        Assert.StartsWith("record with ", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void TraceEvent_reads_the_same()
    {
        RecordedCalls own = Read(new NetTraceReader(new MemoryStream(file.Bytes)));
        RecordedCalls other = Read(new TraceEventReader(new MemoryStream(file.Bytes)));

        Assert.Equal(other.Lines, own.Lines);
        Assert.Equal(other.End, own.End);
    }

    [Fact]
    public void A_pipe_that_gives_few_bytes_at_a_time_reads_the_same()
    {
        RecordedCalls whole = Read(new NetTraceReader(new MemoryStream(file.Bytes)));
        using RecordingReader reader = new(new DribblingStream(file.Bytes, 7), "pipe");

        Assert.Equal(whole.Lines, Read(reader).Lines);
    }

    [Fact]
    public void A_file_cut_anywhere_gives_its_prefix()
    {
        RecordedCalls whole = Read(new NetTraceReader(new MemoryStream(file.Bytes)));
        long before = 0;
        for (int i = 1; i <= 40; i++)
        {
            int length = NetTraceReader.Magic.Length + (int)((long)(file.Bytes.Length - NetTraceReader.Magic.Length - 1) * i / 40);
            RecordedCalls cut = Read(new NetTraceReader(new MemoryStream(file.Bytes, 0, length)));

            Assert.Matches("^offset [0-9]+: ", cut.End!.Truncation);
            Assert.True(cut.End.Events >= before, $"cut at {length}: {cut.End.Events} events, a shorter prefix had {before}");
            Assert.InRange(cut.End.IncompleteSnapshots, 0, 1);
            List<string> complete = cut.Lines.Where(line => !line.Contains(" False ", StringComparison.Ordinal)).ToList();
            Assert.Equal(whole.Lines.Take(complete.Count), complete);
            before = cut.End.Events;
        }

        // Decoded up to the cut: the last cut leaves out one byte, the end mark.
        Assert.Equal(whole.End!.Events, before);
    }

    [Fact]
    public void TraceEvent_too_gives_a_prefix_of_a_cut_file()
    {
        RecordedCalls cut = Read(new TraceEventReader(new MemoryStream(file.Bytes, 0, file.Bytes.Length * 3 / 4)));

        Assert.Matches("^offset [0-9]+: ", cut.End!.Truncation);

        // Perhaps nothing: it holds back what no later block has confirmed to be in order.
        Assert.InRange(cut.End.Events, 0, RecordedFile.Snapshots * RecordedFile.Regions);
    }

    [Fact]
    public void Damaged_bytes_never_crash_the_reader()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("DAMON_TRACE_SEED"), out int given) ? given : 20261122;
        Random random = new(seed);
        byte[] bytes = new byte[file.Bytes.Length];
        for (int round = 0; round < 300; round++)
        {
            file.Bytes.CopyTo(bytes, 0);
            for (int hit = random.Next(1, 12); hit > 0; hit--)
            {
                // Half of the hits go to the first blocks, where the structure is.
                int at = random.Next(2) == 0 ? random.Next(2000) : random.Next(bytes.Length);
                bytes[at] = (byte)random.Next(256);
            }

            RecordedCalls calls = new();
            try
            {
                new NetTraceReader(new MemoryStream(bytes)).Read(calls, CancellationToken.None);
                Assert.NotNull(calls.End);
            }
            catch (RecordingFormatException e)
            {
                Assert.Matches("^offset [0-9]+: ", e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"DAMON_TRACE_SEED={seed}, round {round}: {e}");
            }
        }
    }

    [Fact]
    public void A_recording_without_our_provider_is_empty_and_valid()
    {
        byte[] renamed = (byte[])file.Bytes.Clone();
        byte[] name = Encoding.Unicode.GetBytes("Damon\0");
        for (int at = 0; (at = renamed.AsSpan().IndexOf(name)) >= 0;)
        {
            renamed[at] = (byte)'X';
        }

        Assert.Equal(new RecordingEnd(0, 0, 0, 0, null), Read(new NetTraceReader(new MemoryStream(renamed))).End);
    }

    [Fact]
    public void Reading_does_not_allocate_per_event()
    {
        CountingSink sink = new();
        new NetTraceReader(new MemoryStream(file.Bytes)).Read(sink, CancellationToken.None);
        long before = GC.GetAllocatedBytesForCurrentThread();
        new NetTraceReader(new MemoryStream(file.Bytes)).Read(sink, CancellationToken.None);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The window, the backlog of this file (less than 10,000 events of 40 bytes) and the snapshot: nothing that grows with events read.
        Assert.InRange(allocated, 0, 3_000_000);
    }

    [Fact]
    public void Cancelling_throws_and_does_not_end_the_recording()
    {
        RecordedCalls calls = new();
        Assert.Throws<OperationCanceledException>(
            () => new NetTraceReader(new MemoryStream(file.Bytes)).Read(calls, new CancellationToken(canceled: true)));
        Assert.Null(calls.End);
    }

    private static RecordedCalls Read(IRecordingReader reader)
    {
        RecordedCalls calls = new();
        reader.Read(calls, CancellationToken.None);
        return calls;
    }

    private sealed class CountingSink : SnapshotsOnly
    {
        private long _regions;

        public override void OnSnapshot(Snapshot snapshot) => _regions += snapshot.Count;

        public override void OnEnd(RecordingEnd end) => Assert.True(_regions > 0);
    }

    private sealed class DribblingStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, most));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, most)]);
    }
}
