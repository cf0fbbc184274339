using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Tests.PerfScript;

namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>A random recording with every kind of call a sink can get, on both sides of midnight.</summary>
internal sealed class RecordingOfEverything(int snapshots, int days = 1) : IRecordingReader
{
    private const long DayNs = 86_400_000_000_000;

    /// <summary>A midnight.</summary>
    private const long WallOffsetNs = 20_718 * DayNs;

    private readonly StackDescription[] _stacks =
    [
        new(0, 1, [new CodeFrame(5, 6, "touch", "app"), new CodeFrame(7, 8, "main", "app")]),
        new(0, 2, [new CodeFrame(9, 0, "größe(int; char)", "libc.so.6")]),
        new(0, 1, [new CodeFrame(5, 6, "another of the same id", "app")]),
    ];

    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        Random random = new(TestSeed.Value);
        sink.OnHeartbeat(new Heartbeat { WallNs = 5, MonotonicNs = 4, NrEvents = 3 });
        sink.OnFootprint(new Footprint { TargetId = 0, TimeNs = 7, RssBytes = 9, PssBytes = Footprint.Unknown });
        sink.OnContext(new ContextDescription(new ContextAttributes { SampleUs = 5000, AggrUs = 100_000 }, "kdämon 界", "vaddr", "access-bits", "a=b"));
        sink.OnTarget(new TargetDescription(0, 42, 99, "app", ""));
        sink.OnMapping(new MappingDescription(0, 1, 1, 4096, 8192, "rw-p", "[heap]"));
        long events = 0;
        long incomplete = 0;
        for (int i = 0; i < snapshots; i++)
        {
            Snapshot snapshot = Next(random, i);
            sink.OnSnapshot(snapshot);
            events += snapshot.Count;
            incomplete += snapshot.Complete ? 0 : 1;
            Between(random, i, sink);
        }

        sink.OnEnd(new RecordingEnd(snapshots, incomplete, events, 17, "offset 12: breaks off") { Notes = ["one note", "another"] });
    }

    private long TimeOf(int number) => ((long)number * DayNs * days / snapshots) + 123_456_789;

    private Snapshot Next(Random random, int number)
    {
        int count = random.Next(4) == 0 ? 0 : random.Next(1, 60);
        long timeNs = TimeOf(number);
        Snapshot snapshot = ExpectedTable.Ordinary((ulong)number, 0);
        snapshot.Kdamond = random.Next(2) == 0 ? "kdamond.0" : "kdamond.1";
        snapshot.KdamondTid = snapshot.Kdamond == "kdamond.0" ? 77 : 78;
        snapshot.NrRegions = (uint)(count + random.Next(2));
        snapshot.Complete = snapshot.NrRegions == count;
        snapshot.EndNs = timeNs;
        snapshot.BeginNs = random.Next(5) == 0 ? null : timeNs - 100_000_000;
        snapshot.Pid = random.Next(3) == 0 ? null : 42;
        snapshot.WallOffsetNs = WallOffsetNs + random.Next(3);
        snapshot.Memory = random.Next(3) == 0 ? null : new SnapshotMemory { ResidentBytes = (ulong)number * 4096, TouchedBytes = 77 };
        for (int i = 0; i < count; i++)
        {
            snapshot.Add(new RegionEvent
            {
                TimestampNs = timeNs + i,
                Cpu = random.Next(-1, 3),
                Start = (ulong)i << 20,
                End = (ulong)(i + 1) << 20,
                NrAccesses = (uint)random.Next(21),
                Age = (uint)random.Next(1000),
            });
        }

        RegionEstimateRecord[] estimates = [.. Enumerable.Range(0, random.Next(2) * count).Select(i => new RegionEstimateRecord
        {
            ResidentPages = 256,
            UnknownPages = (uint)random.Next(3),
            TouchedPages = random.NextSingle() * 200,
            TouchedErrorPages = random.NextSingle(),
        })];
        snapshot.AddEstimates(estimates);
        return snapshot;
    }

    private void Between(Random random, int number, IRecordingSink sink)
    {
        switch (random.Next(11))
        {
            case 0:
                sink.OnMapping(new MappingDescription(0, (uint)number + 2, 1, 4096, 8192, "r-xp", "/usr/lib/" + number));
                break;
            case 1:
                sink.OnIntervalsTuned(number, 3, "kdamond.0", 77, 10_000);
                break;
            case 2:
                IdleRecord record = new() { Mapping = 3, ResidentPages = 4, NrUnknown = 5 };
                record.NrPages[2] = 6;
                sink.OnIdle(new IdlePages { TimeNs = (ulong)TimeOf(number), Generation = 1, NrRecords = 1, NrPages = 7 }, [record]);
                break;
            case 3:
                sink.OnScheme(new SchemeEvent
                {
                    Kind = SchemeEventKind.Statistics,
                    Kdamond = "kdamond.0",
                    TimestampNs = number,
                    SchemeIndex = 2,
                    Statistics = new SchemeStatistics(1, 2, null, 4, 5, 6, null),
                });
                break;
            case 4:
                sink.OnHeartbeat(new Heartbeat { WallNs = 50, MonotonicNs = 40, NrEvents = (ulong)number });
                break;
            case 5:
                sink.OnFootprint(new Footprint { TimeNs = (ulong)TimeOf(number), RssBytes = 10 });
                break;
            case 6:
                sink.OnAccess(AccessAt(random, number));
                break;
            case 7:
                AccessSamplerCounts counts = new() { TimeNs = (ulong)TimeOf(number), NrProbes = (ulong)number, NrThreadsGone = 3 };
                sink.OnAccess(new AccessEvent { Kind = AccessEventKind.Sampler, Sampler = new(counts, "instructions", "time", "a rémark") });
                break;
            case 8:
                sink.OnAccess(new AccessEvent
                {
                    Kind = AccessEventKind.HugePages,
                    HugePages = new HugePages { TimeNs = (ulong)TimeOf(number), IsCut = 1 },
                    Runs = [new HugePageRun { Start = 2 << 20, End = 4 << 20 }],
                });
                break;
            case 9:
                sink.OnAccess(new AccessEvent
                {
                    Kind = AccessEventKind.SplitPages,
                    Split = new SplitHugePages { TimeNs = (ulong)TimeOf(number), WindowNs = 10, CostNs = 3 },
                    Pages = [new SplitHugePage { Start = 2 << 20, Touched = 26, IsCollapsed = 1 }],
                });
                break;
            default:
                break;
        }
    }

    private AccessEvent AccessAt(Random random, int number)
    {
        StackDescription? stack = random.Next(3) == 0 ? null : _stacks[random.Next(_stacks.Length)];
        return new AccessEvent
        {
            Access = new AccessRecord
            {
                TimeNs = (ulong)TimeOf(number),
                Address = 4096,
                Ip = 5,
                Tid = 6,
                IsWrite = (byte)random.Next(3),
                StackId = stack?.StackId ?? 0,
                Probe = (ulong)number,
                Weight = random.NextDouble(),
            },
            Stack = stack,
            Thread = random.Next(2) == 0 ? null : "worker",
        };
    }
}
