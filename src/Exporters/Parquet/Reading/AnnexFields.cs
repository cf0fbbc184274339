using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>The fields of an annex's records one after the other, every read checked against what is there.</summary>
internal ref struct AnnexFields(ReadOnlySpan<byte> records, int at, long chunkOffset)
{
    private readonly ReadOnlySpan<byte> _records = records;

    /// <summary>Where the next field is.</summary>
    internal int At { get; private set; } = at;

    internal T Read<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    internal T? Maybe<T>()
        where T : unmanaged => Read<byte>() == 0 ? null : Read<T>();

    internal ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Read<byte>();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    internal string Text() => Encoding.UTF8.GetString(Take(Varint()));

    internal ReadOnlySpan<IdleRecord> Records(ref IdleRecord[] room)
    {
        ulong count = Varint();
        ReadOnlySpan<byte> bytes = Take(count > int.MaxValue ? count : count * (ulong)Unsafe.SizeOf<IdleRecord>());
        if ((int)count > room.Length)
        {
            room = new IdleRecord[count];
        }

        bytes.CopyTo(MemoryMarshal.AsBytes(room.AsSpan()));
        return room.AsSpan(0, (int)count);
    }

    internal SchemeEvent Scheme()
    {
        SchemeEvent scheme = new()
        {
            Kind = (SchemeEventKind)Read<byte>(),
            TimestampNs = Read<long>(),
            Cpu = Read<int>(),
            Kdamond = Text(),
            KdamondTid = Read<int>(),
            ContextIndex = Read<uint>(),
            SchemeIndex = Read<uint>(),
            Region = Read<DamonAggregated>(),
            EffectiveBytes = Read<ulong>(),
        };
        Span<ulong?> counters = stackalloc ulong?[SchemeStatistics.Count];
        for (int i = 0; i < counters.Length; i++)
        {
            counters[i] = Maybe<ulong>();
        }

        scheme.Statistics = SchemeStatistics.From(counters);
        return scheme;
    }

    internal StackDescription Stack()
    {
        ulong targetId = Read<ulong>();
        uint id = Read<uint>();
        List<CodeFrame> frames = [];
        for (ulong left = Varint(); left > 0; left--)
        {
            frames.Add(new CodeFrame(Read<ulong>(), Read<ulong>(), Text(), Text()));
        }

        return new StackDescription(targetId, id, frames);
    }

    private List<T> List<T>()
        where T : unmanaged
    {
        List<T> values = [];
        for (ulong left = Varint(); left > 0; left--)
        {
            values.Add(Read<T>());
        }

        return values;
    }

    internal AccessEvent Access(AnnexKind kind, Dictionary<(ulong TargetId, uint StackId), StackDescription> stacks)
    {
        if (kind == AnnexKind.Sampler)
        {
            return new AccessEvent { Kind = AccessEventKind.Sampler, Sampler = new(Read<AccessSamplerCounts>(), Text(), Text(), Text()) };
        }

        if (kind == AnnexKind.HugePages)
        {
            return new AccessEvent { Kind = AccessEventKind.HugePages, HugePages = Read<HugePages>(), Runs = List<HugePageRun>() };
        }

        if (kind == AnnexKind.SplitPages)
        {
            return new AccessEvent { Kind = AccessEventKind.SplitPages, Split = Read<SplitHugePages>(), Pages = List<SplitHugePage>() };
        }

        AccessRecord access = Read<AccessRecord>();
        string thread = Text();
        return new AccessEvent
        {
            Access = access,
            Stack = stacks.GetValueOrDefault((access.TargetId, access.StackId)),
            Thread = thread.Length > 0 ? thread : null,
        };
    }

    internal Snapshot EmptySnapshot() => new()
    {
        Kdamond = Text(),
        KdamondTid = Read<int>(),
        TargetId = Read<ulong>(),
        Pid = Maybe<int>(),
        Number = Read<ulong>(),
        NrRegions = Read<uint>(),
        BeginNs = Maybe<long>(),
        EndNs = Maybe<long>(),
        NrSamples = Maybe<uint>(),
        NrUnclearable = Maybe<uint>(),
        NrUnprepared = Maybe<uint>(),
        NrLate = Maybe<uint>(),
        NrMissed = Maybe<uint>(),
        WindowsNs = Maybe<ulong>(),
        SampleUs = Maybe<ulong>(),
        AggrUs = Maybe<ulong>(),
        Complete = Read<byte>() != 0,
    };

    internal RecordingEnd End()
    {
        long snapshots = Read<long>();
        long incomplete = Read<long>();
        long events = Read<long>();
        long lost = Read<long>();
        string truncation = Text();
        List<string> notes = [];
        for (ulong left = Varint(); left > 0; left--)
        {
            notes.Add(Text());
        }

        return new RecordingEnd(snapshots, incomplete, events, lost, truncation.Length > 0 ? truncation : null) { Notes = notes };
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_records.Length - At))
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> taken = _records.Slice(At, (int)count);
        At += (int)count;
        return taken;
    }

    private ReadOnlySpan<byte> Take(int count) => Take((ulong)count);

    private readonly RecordingFormatException Damaged() => new($"annex at offset {chunkOffset}: byte {At}: a record breaks off");
}
