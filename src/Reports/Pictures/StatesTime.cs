using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Pictures;

/// <summary>
/// The memory of a target by state over time, in all and by mapping. Bounded: of a long recording every second, fourth, ... look is kept.
/// </summary>
internal sealed class StatesTime
{
    private const int MostLooks = 1024;

    /// <summary>Names with a row of their own; the others are one.</summary>
    private const int MostMappings = 8;

    private readonly IdleSeries _series = new();
    private readonly List<TargetMemory> _looks = [];
    private int _stride = 1;
    private int _next;

    /// <summary>At the last look that knows the time that the states are about; null before any idle time is known.</summary>
    public TargetMemory? Latest =>
        _looks.FindLast(look => look.ColdAfterSeconds >= ColdAfterSeconds) is { } last ? last with { Within = [.. _series.Within()] } : null;

    /// <summary>Times of the looks shown, nanoseconds of the recording's clock.</summary>
    public IEnumerable<long> TimesNs => Shown().Select(look => look.TimeNs);

    public int Count => _looks.Count;

    /// <summary>
    /// The time that the states are about: the usual one, or the longest known in a shorter recording. Some looks may know a longer one
    /// only, and call less memory cold.
    /// </summary>
    public double ColdAfterSeconds
    {
        get
        {
            double[] times = [.. _looks.Select(look => look.ColdAfterSeconds).Order()];
            return times.Length == 0 ? 0 : Array.Find(times, time => time >= MemoryRules.ColdAfterSeconds) is > 0 and { } usual ? usual : times[^1];
        }
    }

    public void Add(in IdlePages idle, ReadOnlySpan<IdleRecord> records, TargetCatalog catalog)
    {
        _series.Add(in idle, records, catalog.MappingsOf(idle.TargetId));
        if (_next++ % _stride != 0 || _series.DescribeLook(MemoryRules.ColdAfterSeconds) is not { } memory)
        {
            return;
        }

        _looks.Add(memory);
        if (_looks.Count > MostLooks)
        {
            int number = 0;
            _looks.RemoveAll(_ => number++ % 2 == 1);
            _stride *= 2;
        }
    }

    /// <summary>All memory of the target at each look.</summary>
    public StatePoint[] Total()
    {
        double whole = ColdAfterSeconds;
        return [.. Shown().Select(look => StatePoint.Of(look.States, look.ColdAfterSeconds >= whole))];
    }

    /// <summary>By name, most memory first, the last what is left of the names; together all memory of mappings that are known.</summary>
    public IReadOnlyList<MappingStates> ByMapping()
    {
        double whole = ColdAfterSeconds;
        TargetMemory[] looks = [.. Shown()];
        Dictionary<string, StatePoint[]> byName = [];
        for (int i = 0; i < looks.Length; i++)
        {
            foreach (MappingMemory mapping in looks[i].Mappings)
            {
                string name = mapping.Mapping is { } one ? ReportText.Clean(one) : "";
                if (!byName.TryGetValue(name, out StatePoint[]? points))
                {
                    byName.Add(name, points = new StatePoint[looks.Length]);
                }

                points[i] += StatePoint.Of(mapping.States, looks[i].ColdAfterSeconds >= whole);
            }
        }

        MappingStates[] all = [.. byName.Select(entry => new MappingStates(entry.Key, entry.Value))
            .Where(mapping => mapping.MostResident > 0).OrderByDescending(mapping => mapping.MostResident)];
        MappingStates[] named = [.. all.Where(mapping => mapping.Name.Length > 0).Take(MostMappings)];
        MappingStates[] rest = [.. all.Except(named)];
        return rest.Length == 0 ? named : [.. named, Join(rest)];
    }

    /// <summary>
    /// Looks that know the time, and those before the first of them, when pages had not been followed for so long. A later look that does
    /// not know it came too long after the one before: it would say less than its neighbours.
    /// </summary>
    private IEnumerable<TargetMemory> Shown()
    {
        double whole = ColdAfterSeconds;
        int first = _looks.FindIndex(look => look.ColdAfterSeconds >= whole);
        return _looks.Where((look, i) => i < first || look.ColdAfterSeconds >= whole);
    }

    private static MappingStates Join(MappingStates[] mappings)
    {
        StatePoint[] points = new StatePoint[mappings[0].Points.Length];
        foreach (MappingStates mapping in mappings)
        {
            for (int i = 0; i < points.Length; i++)
            {
                points[i] += mapping.Points[i];
            }
        }

        return new MappingStates("all other mappings", points);
    }
}
