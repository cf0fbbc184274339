using System.Runtime.InteropServices;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;

namespace Damon.Trace.Exporters.Tests.Recordings;

/// <summary>
/// However events of several threads come, and wherever a mark says that all before a time are there: a sink sees what it would see of them one by
/// one, in order of time, those of one time in the order of the file.
/// </summary>
public sealed class PendingEventsTests
{
    private const int Short = 3;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1500)] // one snapshot, more than a batch
    [InlineData(3, 4)]
    [InlineData(4, 300)]
    public void Events_AreDeliveredAsOneByOne(int threads, int mostRegions)
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            Random random = new(seed);
            (List<PendingEvent> events, byte[] payloads) = Draw(random, threads, mostRegions);
            RecordedCalls expected = new(), found = new();
            long failedAt = OneByOne(events, payloads, expected);

            Assert.Equal(failedAt, Pending(events, payloads, random, found));
            Assert.Equal(expected.Lines, found.Lines);
        }
    }

    /// <summary>Offset of the first payload that is too short, -1 where none is.</summary>
    private static long OneByOne(List<PendingEvent> events, byte[] payloads, RecordedCalls sink)
    {
        DamonEventDispatcher dispatcher = new(sink, wallOffsetNs: null);
        foreach (PendingEvent one in events.OrderBy(static one => one.Timestamp)) // a stable sort
        {
            if (!dispatcher.TryDispatch(one.EventId, one.Timestamp, one.Thread, one.Cpu, payloads.AsSpan((int)one.PayloadOffset, one.PayloadSize)))
            {
                return one.PayloadOffset;
            }
        }

        return -1;
    }

    private static long Pending(List<PendingEvent> events, byte[] payloads, Random random, RecordedCalls sink)
    {
        using NetTraceInput input = new(new MemoryStream(payloads));
        Assert.True(input.TryFill(payloads.Length));
        PendingEvents pending = new(input, new DamonEventDispatcher(sink, wallOffsetNs: null));
        for (int i = 0; i < events.Count; i++)
        {
            ref PendingEvent place = ref pending.Add(events[i].Timestamp, (ulong)events[i].Thread);
            place = events[i];

            // Never more than is true: nothing that comes is older.
            long mark = i + 1 < events.Count ? events[(i + 1)..].Min(static one => one.Timestamp) : long.MaxValue;
            if (random.Next(40) == 0 && !pending.TryDeliverBefore(mark))
            {
                return pending.FailedAt;
            }
        }

        return pending.TryDeliverAll() ? -1 : pending.FailedAt;
    }

    /// <summary>Each thread's events in order of time, those of a thread together for a while, times often the same; now and then one is too short.</summary>
    private static (List<PendingEvent> Events, byte[] Payloads) Draw(Random random, int threads, int mostRegions)
    {
        List<PendingEvent> events = [];
        List<byte> payloads = [];
        long[] times = new long[threads];
        (uint NrRegions, ulong Start)[] snapshots = new (uint, ulong)[threads];
        int thread = 0;
        for (int left = random.Next(50, 1000); left > 0; left--)
        {
            thread = random.Next(8) == 0 ? random.Next(threads) : thread;
            times[thread] += random.Next(3);
            bool isRegion = random.Next(30) > 0;
            byte[] payload;
            if (isRegion)
            {
                ref (uint NrRegions, ulong Start) snapshot = ref snapshots[thread];
                if (random.Next(5) == 0 || snapshot.NrRegions == 0)
                {
                    snapshot = ((uint)random.Next(1, mostRegions + 1), 0);
                }

                // Sometimes a region that ends before it begins, or begins before the end of the one before.
                ulong end = snapshot.Start + (ulong)random.Next(-1, 9);
                DamonAggregated region = new()
                {
                    TargetId = (ulong)(random.Next(10) / 9),
                    NrRegions = snapshot.NrRegions,
                    Start = snapshot.Start,
                    End = end,
                    NrAccesses = (uint)random.Next(20),
                    Age = (uint)left,
                };
                snapshot.Start = random.Next(20) == 0 ? 0 : Math.Max(end, snapshot.Start);
                payload = MemoryMarshal.AsBytes(new ReadOnlySpan<DamonAggregated>(in region)).ToArray();
            }
            else
            {
                payload = BitConverter.GetBytes((ulong)left);
            }

            events.Add(new PendingEvent
            {
                Timestamp = times[thread],
                PayloadOffset = payloads.Count,
                PayloadSize = random.Next(2000) == 0 ? Short : payload.Length,
                Thread = thread + 1,
                Cpu = thread,
                EventId = isRegion ? DamonEventId.Aggregated : DamonEventId.MonitorIntervalsTune,
            });
            payloads.AddRange(payload);
        }

        return (events, [.. payloads]);
    }
}
