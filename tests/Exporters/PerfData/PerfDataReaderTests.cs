using System.Buffers.Binary;
using Damon.Trace.Exporters.Tests.Compression;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>Files of other kernels, other tracers and other options of perf.</summary>
public class PerfDataReaderTests
{
    private const string Region = "  1000000 3 4096-8192 5 9";

    [Theory]
    [InlineData(0x486UL)]
    [InlineData(0x10486UL)]
    [InlineData(0x4c6UL)]
    [InlineData(0x107cfUL)]
    [InlineData(0x107ffUL)]
    [InlineData(0x104a6UL)]
    public void Fields_are_found_behind_all_others(ulong sampleType)
    {
        PerfDataBuilder builder = new()
        {
            SampleType = sampleType,
            ReadFormat = 0xb, // GROUP, TOTAL_TIME_ENABLED, TOTAL_TIME_RUNNING
            ReadField = PerfDataBuilder.Numbers(3, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0),
            Callchain = PerfDataBuilder.Numbers(2, 0, 1, 1, 2, 2),
        };
        byte[] file = builder.Aggregated().Comm(77, "kdamond.0", 0).Region(1_000_000, 1, 4096, 8192, cpu: 3).ToFile();
        Assert.Equal(["snapshot kdamond.0 77 18446612682070032450 1 True ", Region], Recorded.Read(file).Lines);
    }

    [Theory]
    [InlineData(0UL, 1)]
    [InlineData(4UL, 2)]
    [InlineData(0x17UL, 5)]
    public void A_read_field_of_one_event_has_the_size_its_format_says(ulong readFormat, int values)
    {
        PerfDataBuilder builder = new() { SampleType = 0x496, ReadFormat = readFormat, ReadField = new byte[8 * values] };
        Assert.Equal(Region, Recorded.Read(builder.Aggregated().Region(1_000_000, 1, 4096, 8192, cpu: 3).ToFile()).Lines[1]);
    }

    [Fact]
    public void A_kernel_before_5_17_has_no_age()
    {
        Recorded read = Recorded.Read(new PerfDataBuilder().Aggregated(age: false).Region(1_000_000, 1, 4096, 8192, cpu: 3, age: false).ToFile());
        Assert.Equal("  1000000 3 4096-8192 5 0", read.Lines[1]);
        Assert.True(read.Reader!.AgeMissing);
        Assert.False(Recorded.Read(new PerfDataBuilder().Aggregated().ToFile()).Reader!.AgeMissing);
    }

    [Theory]
    [InlineData("user_events", "damon_aggregated", "target_id,nr_regions,start,end,nr_accesses,age", 8, 4, 8, 8, 4, 4)]
    [InlineData("user_events_multi", "damon_aggregated.1f", "target_id,nr_regions,start,end,nr_accesses,age", 8, 4, 8, 8, 4, 4)]
    [InlineData("damon_user", "damon_aggregated", "__probe_ip,target_id,nr_regions,start,end,nr_accesses,age", 8, 8, 4, 8, 8, 4, 4)]
    [InlineData("sdt_damon", "aggregated_1", "__probe_ip,arg1,arg2,arg3,arg4,arg5,arg6", 8, 8, 4, 8, 8, 4, 4)]
    [InlineData("sdt_damon", "aggregated", "__probe_ip,arg1,arg2,arg3,arg4,arg5,arg6", 8, 8, 8, 8, 8, 2, 1)]
    [InlineData("damon", "damon_region_aggregated", "target_id,start,end,nr_regions,nr_accesses,age,probe_hits[]", 8, 8, 8, 4, 4, 4, 4)]
    [InlineData("damon", "damon_aggregated", "age,nr_accesses,end,start,nr_regions,target_id", 4, 4, 4, 4, 4, 4)]
    public void Fields_are_found_by_name_wherever_they_are(string system, string name, string fields, params int[] sizes)
    {
        (string, int, int)[] placed = [.. fields.Split(',').Select((field, i) => (field, 8 + sizes[..i].Sum(), sizes[i]))];
        byte[] raw = new byte[8 + sizes.Sum() + 12];
        foreach ((string field, int offset, int size) in placed)
        {
            int value = field switch
            {
                "target_id" or "arg1" => 6,
                "nr_regions" or "arg2" => 1,
                "start" or "arg3" => 4096,
                "end" or "arg4" => 8192,
                "nr_accesses" or "arg5" => 5,
                "age" or "arg6" => 9,
                _ => -1,
            };
            BitConverter.GetBytes((long)value).AsSpan(0, size).CopyTo(raw.AsSpan(offset));
        }

        byte[] file = new PerfDataBuilder().Event(system, name, 7, placed).Sample(1_000_000, raw, cpu: 3).ToFile();
        Assert.Equal(["snapshot :77 77 6 1 True ", Region], Recorded.Read(file).Lines);
    }

    [Fact]
    public void Other_events_are_counted_and_tuning_is_told()
    {
        byte[] tune = new byte[20];
        BinaryPrimitives.WriteUInt64LittleEndian(tune.AsSpan(8), 5000);
        PerfDataBuilder builder = new PerfDataBuilder().Aggregated()
            .Event("damon", "damos_before_apply", 8, ("context_idx", 8, 4))
            .Event("damon", "damon_monitor_intervals_tune", 9, ("sample_us", 8, 8))
            .OtherEvent(1, 5)
            .Sample(1, new byte[20], id: 8).Sample(2, tune, id: 9, cpu: 2).Region(1_000_000, 1, 4096, 8192, cpu: 3).Sample(3, new byte[20], id: 5000);
        foreach (byte[] file in (byte[][])[builder.ToFile(), builder.ToPipe()])
        {
            Recorded read = Recorded.Read(file);
            Assert.Equal("2 2 :77 77 tune 5000", read.Lines[0]);
            Assert.Equal(Region, read.Lines[2]);
            Assert.Equal(2, read.Reader!.SkippedEvents);
        }
    }

    [Fact]
    public void Events_of_schemes_are_told_in_the_order_of_time()
    {
        byte[] apply = new byte[52];
        (apply[8], apply[12], apply[16], apply[25], apply[33], apply[40], apply[44], apply[48]) = (1, 2, 3, 16, 32, 5, 6, 10);
        byte[] quota = new byte[28];
        (quota[8], quota[12], quota[18]) = (1, 2, 16);
        byte[] statistics = new byte[68];
        (statistics[8], statistics[12], statistics[16], statistics[24], statistics[32], statistics[40]) = (1, 2, 1, 2, 3, 4);
        PerfDataBuilder builder = new PerfDataBuilder().Aggregated()
            .Event(
                "damon", "damos_before_apply", 8, ("context_idx", 8, 4), ("scheme_idx", 12, 4), ("target_idx", 16, 8), ("start", 24, 8),
                ("end", 32, 8), ("nr_accesses", 40, 4), ("age", 44, 4), ("nr_regions", 48, 4))
            .Event("damon", "damos_esz", 9, ("context_idx", 8, 4), ("scheme_idx", 12, 4), ("esz", 16, 8))
            .Event(
                "damon", "damos_stat_after_apply_interval", 10, ("context_idx", 8, 4), ("scheme_idx", 12, 4), ("nr_tried", 16, 8),
                ("sz_tried", 24, 8), ("nr_applied", 32, 8), ("sz_applied", 40, 8))
            .Comm(77, "k", 0).Sample(30, statistics, id: 10).Sample(20, quota, id: 9).Sample(10, apply, id: 8, cpu: 4).Region(40, 1, 4096, 8192);
        foreach (byte[] file in (byte[][])[builder.ToFile(), builder.ToPipe()])
        {
            RecordedCalls calls = new();
            new PerfDataReader(new MemoryStream(file)).Read(calls, CancellationToken.None);
            Assert.StartsWith("BeforeApply 10 4 k 77 1.2 3 10 4096-8192 5 6 0 ", calls.Lines[0], StringComparison.Ordinal);
            Assert.StartsWith("EffectiveQuota 20 0 k 77 1.2 0 0 0-0 0 0 1048576 ", calls.Lines[1], StringComparison.Ordinal);
            Assert.StartsWith(
                "Statistics 30 0 k 77 1.2 0 0 0-0 0 0 0 SchemeStatistics { NrTried = 1, SzTried = 2, NrApplied = 3, SzApplied = 4, "
                + "SzOpsFilterPassed = , QtExceeds = , NrSnapshots =  }",
                calls.Lines[2], StringComparison.Ordinal);
            Assert.StartsWith("snapshot k 77", calls.Lines[3], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, 0x14, true)]
    [InlineData(1, 0x14, false)]
    [InlineData(0, 0, false)]
    public void Attributes_only_monitoring_is_refused(byte accesses, byte hits, bool refused)
    {
        byte[] raw = new byte[52];
        (raw[17], raw[25], raw[32], raw[36]) = (16, 32, 1, accesses);
        (raw[44], raw[46], raw[48]) = (48, 2, hits);
        byte[] file = new PerfDataBuilder().Event(
            "damon", "damon_region_aggregated", 7, ("target_id", 8, 8), ("start", 16, 8), ("end", 24, 8), ("nr_regions", 32, 4),
            ("nr_accesses", 36, 4), ("age", 40, 4), ("probe_hits", 44, 4)).Sample(1, raw).ToFile();
        Exception? error = Record.Exception(() => Recorded.Read(file));
        Assert.Equal(refused, error is RecordingFormatException e && e.Message.Contains("attributes-only", StringComparison.Ordinal));
        Assert.Equal(refused, error is not null);
    }

    [Fact]
    public void A_name_holds_from_its_time_on_and_children_inherit_it()
    {
        byte[] file = new PerfDataBuilder().Aggregated()
            .Comm(77, "later", 20).Comm(77, "first", 0).Fork(77, 78, 15)
            .Region(10, 1, 0, 1).Region(16, 1, 0, 1, tid: 78).Region(20, 1, 0, 1).Region(30, 1, 0, 1, tid: 79).Region(40, 1, 0, 1, tid: 0)
            .Fork(79, 77, 50).Region(60, 1, 0, 1)
            .ToFile();
        Assert.Equal(
            ["first 77", "first 78", "later 77", ":79 79", "swapper 0", ":77 77"],
            Recorded.Read(file).Lines.Where(line => line[0] == 's').Select(line => string.Join(' ', line.Split(' ')[1..3])));
    }

    [Fact]
    public void Cpus_are_merged_by_time_and_equal_times_keep_their_order()
    {
        PerfDataBuilder builder = new PerfDataBuilder().Aggregated();
        for (ulong round = 0; round < 5; round++)
        {
            foreach (uint cpu in (ReadOnlySpan<uint>)[1, 0, 2])
            {
                for (ulong i = 0; i < 10; i++)
                {
                    builder.Region((round * 100) + (i * 3) + (cpu / 2), 1, i, i + 1, cpu: cpu, tid: 50 + (int)cpu);
                }
            }

            builder.Round();
        }

        string[][] events = [.. Recorded.Read(builder.ToFile()).Lines.Where(line => line[0] == ' ').Select(line => line.Trim().Split(' '))];
        Assert.Equal(150, events.Length);
        Assert.Equal(events.OrderBy(e => int.Parse(e[0])).ThenBy(e => e[1] == "0"), events);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    public void Without_rounds_the_sorter_is_a_stable_sort_within_its_window(int disorder)
    {
        Random random = new(1);
        List<PendingEvent> delivered = [];
        TimeSorter sorter = new((events, from, count) => delivered.AddRange(events.AsSpan(from, count)), capacity: 8192);
        List<(ulong Time, int Index)> added = [];
        for (int i = 0; i < 100_000; i++)
        {
            ulong time = (ulong)(1_000_000 + (i / 2) + random.Next(disorder));
            added.Add((time, i));
            sorter.Add(time).Tid = i;
        }

        sorter.Flush();
        Assert.Equal(added.OrderBy(a => a.Time).Select(a => a.Index), delivered.Select(d => d.Tid));
    }

    [Fact]
    public void Losses_are_counted_once_and_only_ours()
    {
        PerfDataBuilder builder = new PerfDataBuilder().Aggregated().OtherEvent(1, 9).Record(2, 0, PerfDataBuilder.Numbers(7, 0, 30, 0));
        Assert.Equal(30, Recorded.Read(builder.ToFile()).End!.LostEvents);
        builder.Record(13, 0, [.. PerfDataBuilder.Numbers(20, 0), .. builder.Trailer(77, 5)]);
        builder.Record(13, 1 << 15, [.. PerfDataBuilder.Numbers(40, 0), .. builder.Trailer(77, 5)]);
        builder.Record(13, 0, [.. PerfDataBuilder.Numbers(80, 0), .. builder.Trailer(77, 5)[..^8], .. PerfDataBuilder.Numbers(1009, 0)]);
        Assert.Equal(20, Recorded.Read(builder.ToFile()).End!.LostEvents);
    }

    [Fact]
    public void Payloads_behind_records_and_unknown_records_are_stepped_over()
    {
        byte[] file = new PerfDataBuilder().Aggregated()
            .Record(71, 0, PerfDataBuilder.Numbers(2_000_000, 0, 0, 0)).Bytes(new byte[2_000_000])
            .Record(1, 0, new byte[64]).Record(200, 7, new byte[16]).Record(63, 7)
            .Region(1_000_000, 1, 4096, 8192, cpu: 3).ToFile();
        Assert.Equal(Region, Recorded.Read(file).Lines[1]);
    }

    [Theory]
    [InlineData(81)]
    [InlineData(83)]
    public void Compressed_records_may_split_records_anywhere(int type)
    {
        PerfDataBuilder plain = new PerfDataBuilder().Aggregated();
        List<byte> records = [];
        for (ulong i = 0; i < 20_000; i++)
        {
            byte[] raw = new byte[52];
            raw[16] = 1;
            BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(24), i * 4096);
            BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(32), (i + 1) * 4096);
            records.AddRange(plain.SampleBytes(i + 1, raw));
        }

        byte[] all = [.. records];
        byte[] frames = [.. Compressed.Zstd(all[..1_000_001]), .. Compressed.Zstd(all[1_000_001..])];
        foreach (byte[] chunk in frames.Chunk(777))
        {
            int pad = -chunk.Length & 7;
            plain.Record((uint)type, 0, type == 81 ? chunk : [.. BitConverter.GetBytes((long)chunk.Length), .. chunk, .. new byte[pad]]);
        }

        Recorded read = Recorded.Read(plain.ToFile());
        Assert.Equal((20_000, null), (read.End!.Events, read.End.Truncation));
    }

    [Fact]
    public void What_cannot_be_read_is_refused_in_clear_words()
    {
        byte[] file = new PerfDataBuilder().Aggregated().Region(1, 1, 0, 1).ToFile();
        AssertRefused("big-endian", "2ELIFREP"u8.ToArray().Concat(file[8..]));
        AssertRefused("expected \"PERFILE2\"", "PERFFILE"u8.ToArray().Concat(file[8..]));
        AssertRefused("found nothing", []);
        AssertRefused("directory", new PerfDataBuilder().Aggregated().ToFile(24));
        AssertRefused("found sched:sched_switch", new PerfDataBuilder().Event("sched", "sched_switch", 3).Round().ToFile());
        AssertRefused("found sched:sched_switch", new PerfDataBuilder().Event("sched", "sched_switch", 3).Sample(1, new byte[12], id: 3).ToPipe());
        AssertRefused("without a tracepoint's format", new PerfDataBuilder().OtherEvent(0, 0).ToFile());
        AssertRefused("raw data", new PerfDataBuilder { SampleType = 0x86 }.Aggregated().Round().ToFile());
        AssertRefused("expected a header", file[..8].Concat(BitConverter.GetBytes(12L)).Concat(file[16..]));
        RecordingFormatException refused = Assert.Throws<RecordingFormatException>(() => Recorded.Read(new ForwardOnlyStream(file)));
        Assert.Contains("through a pipe", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_breaks_off_is_read_up_to_the_break()
    {
        PerfDataBuilder builder = new PerfDataBuilder().Aggregated().Event("damon", "damos_before_apply", 8, ("context_idx", 8, 4)).Comm(77, "kdamond.0", 0);
        byte[] beforeApply = new byte[52];
        beforeApply.AsSpan(48).Fill(1);
        for (ulong i = 0; i < 100; i++)
        {
            builder.Region(i + 1, 100, i * 4096, (i + 1) * 4096).Sample(i + 1, beforeApply, id: 8);
        }

        byte[] file = builder.ToFile();
        List<string> whole = Recorded.Read(file).Lines;
        int dataAt = BitConverter.ToInt32(file, 40);
        for (int length = dataAt; length < file.Length; length += 61)
        {
            Recorded part = Recorded.Read(file[..length]);
            Assert.NotNull(part.End!.Truncation);
            Assert.Equal(whole.Skip(1).Take((int)part.End.Events), part.Lines.Skip(1));
            Assert.True(length < dataAt + 3000 || part.End.Events > 0);
        }

        file.AsSpan(48, 8).Clear();
        Assert.Contains("killed", Recorded.Read(file).End!.Truncation, StringComparison.Ordinal);
    }

    [Fact]
    public void Our_own_file_keeps_its_formats_when_it_breaks_off()
    {
        using MemoryStream file = new();
        new HostileRecording(1) { WithAllEvents = true }.Send(new PerfDataWriter(file, new PerfDataOptions { AllEvents = true }));
        Recorded part = Recorded.Read(file.ToArray()[..50_000]);
        Assert.InRange(part.End!.Events, 100, 1000);
        Assert.Contains(part.Lines, line => line.Contains(" tune ", StringComparison.Ordinal));
    }

    [Fact]
    public void Cancelling_does_not_end_the_recording()
    {
        Recorded sink = new();
        MemoryStream file = new(new PerfDataBuilder().Aggregated().Region(1, 1, 0, 1).ToFile());
        Assert.Throws<OperationCanceledException>(() => new PerfDataReader(file).Read(sink, new CancellationToken(canceled: true)));
        Assert.Null(sink.End);
    }

    private static void AssertRefused(string word, IEnumerable<byte> file)
    {
        RecordingFormatException refused = Assert.Throws<RecordingFormatException>(() => Recorded.Read(file.ToArray()));
        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
    }
}
