using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>
/// A recording made up from a seed: several kdamonds with several targets in turn, extreme numbers included. The same seed plays the
/// same recording.
/// </summary>
internal sealed class RandomRecording(int seed)
{
    internal int Kdamonds { get; init; } = 2;

    internal int Targets { get; init; } = 3;

    internal int Aggregations { get; init; } = 12;

    internal int MaxRegions { get; init; } = 40;

    /// <summary>Whether begin, end and intervals are known, as in our own recordings, or not, as in text.</summary>
    internal bool WithHeaders { get; init; } = true;

    internal ulong MaxTargetId { get; init; } = ulong.MaxValue;

    /// <summary>Plays into the sink; returns what was played.</summary>
    internal List<RecordedSnapshot> Play(IRecordingSink sink)
    {
        Random random = new(seed);
        ulong[] targetIds = [.. Enumerable.Range(0, Targets).Select(
            i => i == 0 ? 0 : (ulong)random.NextInt64() * 2 % MaxTargetId / 16 * 16 + (ulong)i)];
        Snapshot snapshot = new();
        List<RecordedSnapshot> played = [];
        long timeNs = random.NextInt64(1_000_000_000_000);
        for (int aggregation = 0; aggregation < Aggregations; aggregation++)
        {
            long beginNs = timeNs;
            timeNs += 100_000_000;
            for (int kdamond = 0; kdamond < Kdamonds; kdamond++)
            {
                foreach (ulong targetId in targetIds)
                {
                    timeNs += random.Next(1, 100_000);
                    Fill(snapshot, random, timeNs);
                    snapshot.Kdamond = $"kdamond.{kdamond}";
                    snapshot.KdamondTid = 77 + kdamond;
                    snapshot.TargetId = targetId;
                    snapshot.Pid = WithHeaders ? 4242 + kdamond : null;
                    snapshot.Number = (ulong)aggregation;
                    snapshot.BeginNs = WithHeaders ? beginNs : null;
                    snapshot.EndNs = WithHeaders ? timeNs : null;
                    snapshot.SampleUs = WithHeaders ? 5000UL : null;
                    snapshot.AggrUs = WithHeaders ? 100_000UL : null;
                    played.Add(new RecordedSnapshot(snapshot));
                    sink.OnSnapshot(snapshot);
                }
            }
        }

        long incomplete = played.Count(s => !s.Complete);
        long lost = played.Sum(s => s.NrRegions - s.Regions.Length);
        sink.OnEnd(new RecordingEnd(played.Count, incomplete, played.Sum(s => s.Regions.Length), lost, null));
        return played;
    }

    private void Fill(Snapshot snapshot, Random random, long timeNs)
    {
        snapshot.Clear();
        int count = random.Next(1, MaxRegions + 1);
        ulong at = random.Next(8) == 0 ? ulong.MaxValue - (ulong)count * 8192 : (ulong)random.NextInt64(1L << 47);
        for (int i = 0; i < count; i++)
        {
            ulong end = at + (ulong)random.Next(1, 4096);
            snapshot.Add(new RegionEvent
            {
                TimestampNs = timeNs + i,
                Cpu = random.Next(4),
                Start = at,
                End = end,
                NrAccesses = random.Next(20) == 0 ? uint.MaxValue - 1 : (uint)random.Next(21),
                Age = random.Next(20) == 0 ? uint.MaxValue : (uint)random.Next(1000),
            });
            at = end + (ulong)random.Next(2) * 4096;
        }

        // One snapshot in ten has lost its last events.
        int lost = WithHeaders && random.Next(10) == 0 ? random.Next(1, 5) : 0;
        snapshot.NrRegions = (uint)(count + lost);
        snapshot.Complete = lost == 0;
    }
}
