using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Limit;

/// <summary>
/// All targets as one service. Memory that several of them map under the same name, a file or shared memory, is the same memory: it is
/// counted once, as far as proportional sizes say that its pages are the same. Touched is then what at least one has touched
/// (<see cref="SharedTouches"/>), their sum where each maps pages of its own; at least the largest of
/// them and at most their sum, which become the interval. Unnamed memory that processes share since a fork cannot be told by its name and counts
/// for each.
/// </summary>
internal sealed class LimitService
{
    // A target that has not been looked at for so long has ended, or holds nothing.
    private const long StaleNs = 10_000_000_000;

    // A target that came so long after the first had all its memory touched since then.
    private const long LaterNs = 5_000_000_000;

    private readonly Dictionary<ulong, Latest> _latest = [];
    private readonly HashSet<ulong> _seen = [];
    private long? _firstNs;
    private long _timeNs;

    /// <summary>Targets seen so far.</summary>
    public int Targets { get; private set; }

    /// <summary>What says how much of the memory of one name is shared.</summary>
    public ProportionalSizes Sizes { get; } = new();

    /// <summary>Takes the look at one target; returns that at all of them when one is complete.</summary>
    /// <param name="targetId">Whose look.</param>
    /// <param name="sinceNs">Since when its pages have been followed.</param>
    /// <param name="memory">Its memory for each bound that is known.</param>
    public LimitLook? Add(ulong targetId, long sinceNs, IReadOnlyList<TargetMemory> memory)
    {
        LimitLook? whole = _seen.Contains(targetId) ? Sum() : null;
        if (whole is not null)
        {
            _seen.Clear();
        }

        _firstNs ??= sinceNs;
        Targets += _latest.ContainsKey(targetId) ? 0 : 1;
        _latest[targetId] = new Latest(memory, sinceNs - _firstNs > LaterNs);
        _seen.Add(targetId);
        _timeNs = memory.Count > 0 ? memory[0].TimeNs : _timeNs;
        return whole;
    }

    private LimitLook? Sum()
    {
        foreach ((ulong id, Latest latest) in _latest.ToArray())
        {
            if (latest.Memory.Count > 0 && _timeNs - latest.Memory[0].TimeNs > StaleNs)
            {
                _latest.Remove(id);
            }
        }

        (ulong Id, Latest Look)[] all = [.. _latest.Where(static each => each.Value.Memory.Count > 0).Select(static each => (each.Key, each.Value))];
        if (all.Length == 0)
        {
            return null;
        }

        // Of each bound that all of them know, each one's memory.
        MappingMemory[][]?[] known = new MappingMemory[IdleBuckets.NrBounds][][];
        var shared = new SharedTouches();
        for (int bound = 0; bound < known.Length; bound++)
        {
            MappingMemory[][] parts = [.. all.Select(each => each.Look.At(IdleBounds.SecondsOf(bound))).OfType<MappingMemory[]>()];
            if (parts.Length == all.Length)
            {
                known[bound] = parts;
                shared.Add(bound, parts.Select(static part => part.Where(static mapping => IsShared(mapping.Mapping))));
            }
        }

        ulong once = 0;
        var look = new LimitLook { TimeNs = _timeNs };
        for (int bound = 0; bound < known.Length; bound++)
        {
            if (known[bound] is { } parts)
            {
                double? pages = Sizes.Pages([.. parts.Select((part, i) => (all[i].Id, part.Sum(static mapping => (double)mapping.States.ResidentBytes)))]);
                (look[bound], once) = Sum(parts, pages, shared, bound);
            }
        }

        look.CountedOnceBytes = once;
        return look;
    }

    private static (MemoryPoint Point, ulong Once) Sum(MappingMemory[][] parts, double? pages, SharedTouches shared, int bound)
    {
        IGrouping<string, MemoryStates>[] groups = [.. parts.SelectMany(static part => part)
            .GroupBy(static mapping => IsShared(mapping.Mapping) ? mapping.Mapping! : "", static mapping => mapping.States)];
        double apart = Apart(groups, pages);
        double hot = 0, low = 0, high = 0, unknown = 0, resident = 0, sum = 0;
        foreach (IGrouping<string, MemoryStates> group in groups)
        {
            double all = group.Sum(static states => (double)states.ResidentBytes);
            double touched = group.Sum(static states => (double)states.HotBytes);
            double most = group.Sum(static states => (double)states.HotHighBytes);
            sum += all;
            if (group.Key.Length == 0)
            {
                hot += touched;
                low += group.Sum(static states => (double)states.HotLowBytes);
                high += most;
                unknown += group.Sum(static states => (double)states.UnknownBytes);
                resident += all;
                continue;
            }

            double largest = group.Max(static states => (double)states.ResidentBytes);
            double held = Between(largest, all, apart);

            // What is unknown of shared memory are pages that several map: they are unknown to each of them, and a target that maps few knows nothing of the
            // others.
            double nothing = Math.Min(held, group.Max(static states => (double)states.UnknownBytes));
            hot += Math.Min(held - nothing, Between(shared.TouchedByAny(group.Key, bound, largest), touched, apart));
            low += group.Max(static states => (double)states.HotLowBytes);
            high += Math.Min(held - nothing, most);
            unknown += nothing;
            resident += held;
        }

        return (MemoryPoint.Of(new MemoryStates
        {
            HotBytes = (ulong)hot,
            HotLowBytes = (ulong)Math.Min(hot, low),
            HotHighBytes = (ulong)Math.Max(hot, high),
            ColdBytes = (ulong)Math.Max(0, resident - hot - unknown),
            UnknownBytes = (ulong)unknown,
            ResidentBytes = (ulong)resident,
            NotPopulatedBytes = null,
        }), (ulong)Math.Max(0, sum - resident));
    }

    /// <summary>
    /// Of what names count more than once, the share that is different pages all the same: 0 where all map the same, 1 where each maps its own.
    /// </summary>
    private static double Apart(IGrouping<string, MemoryStates>[] groups, double? pages)
    {
        double all = groups.Sum(static group => group.Sum(static states => (double)states.ResidentBytes));
        double shared = groups.Sum(static group =>
            group.Key.Length == 0 ? group.Sum(static states => (double)states.ResidentBytes) : group.Max(static states => (double)states.ResidentBytes));
        return pages is { } there && all > shared ? Math.Clamp((there - shared) / (all - shared), 0, 1) : 0;
    }

    private static double Between(double least, double most, double share) => least + (share * (most - least));

    /// <summary>
    /// Files, and shared memory: /dev/zero, /memfd:, /SYSV, /dev/shm are named so. Deleted ones of one name may differ, rarely.
    /// </summary>
    private static bool IsShared(string? name) => name is ['/', ..] || (name?.StartsWith("[anon_shmem", StringComparison.Ordinal) ?? false);

    /// <summary>The latest look at one target.</summary>
    private sealed record Latest(IReadOnlyList<TargetMemory> Memory, bool CameLater)
    {
        /// <summary>Its mappings for a time; null where that is not known.</summary>
        internal MappingMemory[]? At(double seconds)
        {
            TargetMemory? memory = Memory.FirstOrDefault(memory => memory.ColdAfterSeconds == seconds);
            if (memory is not null)
            {
                return Whole(memory);
            }

            // All it holds was made since it began, which is within that time.
            return CameLater && seconds > Memory[^1].ColdAfterSeconds
                ? [.. Whole(Memory[^1]).Select(static mapping => mapping with { States = AllHot(mapping.States) })]
                : null;
        }

        private static MappingMemory[] Whole(TargetMemory memory) =>
            memory.Mappings.Count > 0 ? [.. memory.Mappings] : [new MappingMemory(null, 1, memory.States)];

        private static MemoryStates AllHot(MemoryStates states)
        {
            ulong known = states.ResidentBytes - states.UnknownBytes;
            return states with { HotBytes = known, HotLowBytes = known, HotHighBytes = known, ColdBytes = 0 };
        }
    }
}
