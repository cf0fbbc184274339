using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// The idle times of followed pages as they travel: per mapping, by bucket, and for every bound how often neighbours differ. Allocates
/// nothing after construction.
/// </summary>
internal sealed class IdleReport
{
    private readonly IdleRecord[] _records = new IdleRecord[IdleRecord.MaxRecords];
    private int _count;

    /// <summary>The records of the latest <see cref="Fill"/>.</summary>
    internal ReadOnlySpan<IdleRecord> Records => _records.AsSpan(0, _count);

    /// <summary>Counts what is known now. One pass over mappings, memory ranges and pages.</summary>
    /// <param name="followed">The pages.</param>
    /// <param name="memory">Ranges of the target that hold memory.</param>
    /// <param name="mappings">In address order.</param>
    /// <param name="generation">Of the mappings.</param>
    internal IdlePages Fill(FollowedPages followed, ReadOnlySpan<AddressRange> memory, IReadOnlyList<Mapping> mappings, uint generation)
    {
        var idle = new IdlePages
        {
            TimeNs = (ulong)followed.LookedNs,
            SinceNs = (ulong)followed.SinceNs,
            Generation = generation,
            NrPages = (uint)followed.Count,
        };
        _count = 0;
        int range = 0;
        var others = new IdleRecord { Mapping = IdleRecord.OtherMappings };
        int page = 0;
        for (int i = 0; i < mappings.Count; i++)
        {
            Mapping mapping = mappings[i];
            uint resident = (uint)(Take(memory, ref range, mapping) / RegionEstimateRecord.PageBytes);
            if (resident == 0)
            {
                continue;
            }

            bool hasRoom = _count < IdleRecord.MaxRecords - 1;
            ref IdleRecord record = ref hasRoom ? ref _records[_count++] : ref others;
            if (hasRoom)
            {
                record = new IdleRecord { Mapping = (uint)i };
            }

            record.ResidentPages += resident;
            page = Count(followed, page, mapping, ref record);
        }

        if (others.ResidentPages > 0)
        {
            _records[_count++] = others;
        }

        idle.NrRecords = (uint)_count;
        CountChanges(followed, ref idle.NrChanges);
        return idle;
    }

    private static int Count(FollowedPages followed, int page, in Mapping mapping, ref IdleRecord record)
    {
        ReadOnlySpan<ulong> addresses = followed.Addresses;
        while (page < addresses.Length && addresses[page] < mapping.Start)
        {
            page++;
        }

        for (; page < addresses.Length && addresses[page] < mapping.End; page++)
        {
            ref readonly FollowedPage known = ref followed.Pages[page];
            if (known.IsUnknown)
            {
                record.NrUnknown++;
            }
            else if (!known.IsAbsent)
            {
                record.NrPages[BucketOf(known, followed.LookedNs)]++;
            }
        }

        return page;
    }

    private static void CountChanges(FollowedPages followed, ref IdleChanges changes)
    {
        int before = -1;
        foreach (ref readonly FollowedPage page in followed.Pages)
        {
            if (page.IsUnknown || page.IsAbsent)
            {
                continue;
            }

            int bucket = BucketOf(page, followed.LookedNs);
            for (int bound = Math.Min(before, bucket); before >= 0 && bound < Math.Max(before, bucket); bound++)
            {
                changes[bound]++;
            }

            before = bucket;
        }
    }

    private static int BucketOf(in FollowedPage page, long nowNs) =>
        page.LastNs == FollowedPage.Never ? IdleBuckets.NrBounds : IdleBuckets.Of((ulong)Math.Max(0, nowNs - page.LastNs));

    /// <summary>Bytes of memory in a range; asked in ascending order.</summary>
    private static ulong Take(ReadOnlySpan<AddressRange> memory, ref int next, in Mapping mapping)
    {
        while (next < memory.Length && memory[next].End <= mapping.Start)
        {
            next++;
        }

        ulong bytes = 0;
        for (int i = next; i < memory.Length && memory[i].Start < mapping.End; i++)
        {
            bytes += Math.Min(mapping.End, memory[i].End) - Math.Max(mapping.Start, memory[i].Start);
        }

        return bytes;
    }
}
