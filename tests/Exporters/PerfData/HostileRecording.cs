using System.Text;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>A recording of hostile values in the order of time; the same for the same seed.</summary>
internal sealed class HostileRecording(int seed)
{
    private static readonly string[] s_letters = ["a", "Z", "7", " ", ":", "[", "]", "(", "-", ".", "ü", "界", "🔥", "\"", "%"];

    private readonly Random _random = new(seed);

    /// <summary>Where false, addresses of a snapshot ascend and all its regions are there: what a reader can put together again.</summary>
    public bool AnyAddresses { get; init; }

    /// <summary>All events, not only regions.</summary>
    public bool WithAllEvents { get; init; }

    public int Events { get; init; } = 2000;

    public long? WallOffsetNs { get; init; }

    public void Send(IRecordingSink sink)
    {
        (int Tid, string Comm)[] threads = [.. Enumerable.Range(0, 40).Select(_ => (_random.Next(1, 4194305), NextComm()))];
        Snapshot snapshot = new();
        long timestampNs = 1_000;
        long events = 0;
        while (events < Events)
        {
            int thread = _random.Next(threads.Length);
            if (_random.Next(50) == 0)
            {
                threads[thread].Comm = NextComm();
            }

            timestampNs = Math.Max(timestampNs, events * 3_000_000_000);
            if (WithAllEvents && _random.Next(10) == 0)
            {
                sink.OnIntervalsTuned(timestampNs += 5, _random.Next(64), threads[thread].Comm, threads[thread].Tid, NextUInt64());
            }

            if (WithAllEvents && _random.Next(10) == 0)
            {
                sink.OnScheme(NextScheme(timestampNs += 5, threads[thread].Tid, threads[thread].Comm));
            }

            Fill(snapshot, threads[thread].Tid, threads[thread].Comm, ref timestampNs);
            events += snapshot.Count;
            sink.OnSnapshot(snapshot);
        }

        sink.OnEnd(new RecordingEnd(0, 0, events, 0, null));
    }

    private SchemeEvent NextScheme(long timestampNs, int tid, string comm)
    {
        var scheme = new SchemeEvent
        {
            Kind = (SchemeEventKind)_random.Next(3),
            TimestampNs = timestampNs,
            Cpu = _random.Next(64),
            Kdamond = comm,
            KdamondTid = tid,
            ContextIndex = (uint)NextUInt64(),
            SchemeIndex = (uint)NextUInt64(),
        };
        switch (scheme.Kind)
        {
            case SchemeEventKind.BeforeApply:
                ulong start = NextUInt64() / 2;
                scheme.Region = new()
                {
                    TargetId = NextUInt64(),
                    NrRegions = (uint)NextUInt64(),
                    Start = start,
                    End = start + (ulong)_random.NextInt64(1, 1L << 50),
                    NrAccesses = (uint)NextUInt64(),
                    Age = (uint)NextUInt64(),
                };
                break;
            case SchemeEventKind.EffectiveQuota:
                scheme.EffectiveBytes = NextUInt64();
                break;
            default:
                scheme.Statistics = new(NextUInt64(), NextUInt64(), NextUInt64(), NextUInt64(), NextUInt64(), NextUInt64(), NextUInt64());
                break;
        }

        return scheme;
    }

    private void Fill(Snapshot snapshot, int tid, string comm, ref long timestampNs)
    {
        snapshot.Clear();
        snapshot.Kdamond = comm;
        snapshot.KdamondTid = tid;
        snapshot.TargetId = NextUInt64();
        snapshot.WallOffsetNs = WallOffsetNs;
        snapshot.Complete = true;
        int count = _random.Next(1, 8);
        ulong address = (ulong)_random.Next();
        for (int i = 0; i < count; i++)
        {
            // Equal times within a snapshot must keep their order.
            timestampNs += _random.Next(3) * _random.NextInt64(1, 40_000_000);
            ulong end = address + (ulong)_random.NextInt64(1, 1L << 50);
            snapshot.Add(new RegionEvent
            {
                TimestampNs = timestampNs,
                Cpu = _random.Next(4) == 0 ? _random.Next(4001) : _random.Next(4),
                Start = AnyAddresses ? NextUInt64() : address,
                End = AnyAddresses ? NextUInt64() : end,
                NrAccesses = (uint)NextUInt64(),
                Age = (uint)NextUInt64(),
            });
            address = end;
        }

        snapshot.NrRegions = AnyAddresses ? (uint)NextUInt64() : (uint)count;
        timestampNs++;
    }

    private ulong NextUInt64() => _random.Next(8) switch
    {
        0 => ulong.MaxValue,
        1 => 0,
        2 => (ulong)_random.Next(10),
        _ => (ulong)_random.NextInt64() << _random.Next(2) >> _random.Next(64),
    };

    /// <summary>1 to 15 bytes; a name the kernel cut within a character, too.</summary>
    private string NextComm()
    {
        int bytes = _random.Next(1, 16);
        StringBuilder comm = new();
        while (Encoding.UTF8.GetByteCount(comm.ToString()) < bytes)
        {
            comm.Append(s_letters[_random.Next(s_letters.Length)]);
        }

        return Comm.Decode(Encoding.UTF8.GetBytes(comm.ToString()).AsSpan(0, bytes));
    }
}
