using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports;

/// <summary>
/// What the descriptions of a recording say about its targets and their mappings so far. Asked while a snapshot is taken, it answers with
/// the mappings in force at its time: a new generation replaces the one before.
/// </summary>
public sealed class TargetCatalog
{
    /// <summary>How memory without a name is called.</summary>
    public const string Anonymous = "[anon]";

    private readonly SortedDictionary<ulong, TargetDescription> _targets = [];
    private readonly Dictionary<ulong, List<MappingDescription>> _mappings = [];

    /// <summary>All that were described, by their id.</summary>
    public IEnumerable<TargetDescription> Targets => _targets.Values;

    /// <summary>Whether any mapping was described.</summary>
    public bool HasMappings => _mappings.Count > 0;

    /// <summary>How mappings without a name are called, others by their name; what the target keeps there follows, where it is known.</summary>
    public static string NameOf(MappingDescription mapping)
    {
        string name = mapping.Name.Length == 0 ? Anonymous : mapping.Name;
        return mapping.Label.Length == 0 ? name : $"{name} {mapping.Label}";
    }

    /// <summary>Takes a description; a later one of the same target replaces it.</summary>
    public void Add(TargetDescription target) => _targets[target.TargetId] = target;

    /// <summary>Takes a mapping; the first of a new generation replaces all before.</summary>
    public void Add(MappingDescription mapping)
    {
        if (!_mappings.TryGetValue(mapping.TargetId, out List<MappingDescription>? list))
        {
            _mappings.Add(mapping.TargetId, list = []);
        }

        if (list.Count > 0 && list[^1].Generation != mapping.Generation)
        {
            list.Clear();
        }

        // Repeated for late attachers, a generation stays whole while it comes once more.
        int at = FirstEndingAfter(list, mapping.Start);
        if (at == list.Count || list[at].Start >= mapping.End)
        {
            list.Insert(at, mapping);
        }
    }

    /// <summary>The description of a target, where the recording has one.</summary>
    public TargetDescription? Find(ulong targetId) => _targets.GetValueOrDefault(targetId);

    /// <summary>Whose snapshot it is.</summary>
    public TargetIdentity Identify(Snapshot snapshot)
    {
        TargetDescription? target = Find(snapshot.TargetId);
        int? pid = snapshot.Pid ?? target?.Pid;
        return new TargetIdentity(
            snapshot.Kdamond, snapshot.KdamondTid, snapshot.TargetId, pid, pid == target?.Pid ? target?.Comm : null);
    }

    /// <summary><c>target 0: pid 4242 (app)</c>, as far as known.</summary>
    public string Describe(ulong targetId) => new TargetIdentity("", 0, targetId, Find(targetId)?.Pid, Find(targetId)?.Comm).Describe();

    /// <summary>The mappings of a target in address order.</summary>
    public IReadOnlyList<MappingDescription> MappingsOf(ulong targetId) =>
        _mappings.TryGetValue(targetId, out List<MappingDescription>? list) ? list : [];

    /// <summary>The mapping that has most of a range, and how many others it touches; null when no mapping is known there.</summary>
    public RangeName? Name(ulong targetId, ulong start, ulong end)
    {
        if (!_mappings.TryGetValue(targetId, out List<MappingDescription>? list))
        {
            return null;
        }

        MappingDescription? most = null;
        ulong mostBytes = 0;
        int touched = 0;
        for (int i = FirstEndingAfter(list, start); i < list.Count && list[i].Start < end; i++)
        {
            ulong bytes = Math.Min(end, list[i].End) - Math.Max(start, list[i].Start);
            touched++;
            if (bytes > mostBytes)
            {
                most = list[i];
                mostBytes = bytes;
            }
        }

        return most is null ? null : new RangeName(most.Permissions, NameOf(most), touched - 1) { Label = most.Label };
    }

    /// <summary>
    /// Permissions and name of the mapping that has most of a range, and how many others it touches: <c>rw-p [heap] +2 more</c>.
    /// Empty when no mapping is known there.
    /// </summary>
    public string NameOf(ulong targetId, ulong start, ulong end) => Name(targetId, start, end)?.ToString() ?? "";

    /// <summary>
    /// The parts of a range by the name of their mapping, in address order; null is the name of what no known mapping has. The list is
    /// cleared first; no allocation once it has grown.
    /// </summary>
    public void Split(ulong targetId, ulong start, ulong end, List<(string? Name, ulong Bytes)> parts)
    {
        parts.Clear();
        if (_mappings.TryGetValue(targetId, out List<MappingDescription>? list))
        {
            for (int i = FirstEndingAfter(list, start); i < list.Count && list[i].Start < end; i++)
            {
                if (list[i].Start > start)
                {
                    parts.Add((null, list[i].Start - start));
                    start = list[i].Start;
                }

                ulong upTo = Math.Min(end, list[i].End);
                parts.Add((NameOf(list[i]), upTo - start));
                start = upTo;
            }
        }

        if (start < end)
        {
            parts.Add((null, end - start));
        }
    }

    private static int FirstEndingAfter(List<MappingDescription> list, ulong address)
    {
        int low = 0;
        int high = list.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (list[middle].End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
