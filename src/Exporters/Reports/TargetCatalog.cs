using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Reports;

/// <summary>What the descriptions of a recording say about its targets and their mappings, the newest generation.</summary>
internal sealed class TargetCatalog
{
    private readonly SortedDictionary<ulong, TargetDescription> _targets = [];
    private readonly Dictionary<ulong, List<MappingDescription>> _mappings = [];

    public IEnumerable<TargetDescription> Targets => _targets.Values;

    public bool HasMappings => _mappings.Count > 0;

    public void Add(TargetDescription target) => _targets[target.TargetId] = target;

    public void Add(MappingDescription mapping)
    {
        if (!_mappings.TryGetValue(mapping.TargetId, out List<MappingDescription>? list))
        {
            _mappings.Add(mapping.TargetId, list = []);
        }

        // A new generation, or the same one repeated for a late attacher, begins anew.
        if (list.Count > 0 && (list[^1].Generation != mapping.Generation || mapping.Start <= list[^1].Start))
        {
            list.Clear();
        }

        list.Add(mapping);
    }

    /// <summary><c>target 0: pid 4242 (app)</c>, as far as known.</summary>
    public string Describe(ulong targetId) => _targets.TryGetValue(targetId, out TargetDescription? target)
        ? ReportText.Invariant($"target {targetId}: pid {target.Pid} ({ReportText.Clean(target.Comm)})")
        : ReportText.Invariant($"target {targetId}");

    /// <summary>
    /// Permissions and name of the mapping that has most of a range, and how many others it touches: <c>rw-p [heap] +2 more</c>.
    /// Empty when no mapping is known there.
    /// </summary>
    public string NameOf(ulong targetId, ulong start, ulong end)
    {
        if (!_mappings.TryGetValue(targetId, out List<MappingDescription>? list))
        {
            return "";
        }

        MappingDescription? most = null;
        ulong mostBytes = 0;
        int touched = 0;
        foreach (MappingDescription mapping in list)
        {
            ulong from = Math.Max(start, mapping.Start);
            ulong to = Math.Min(end, mapping.End);
            if (from >= to)
            {
                continue;
            }

            touched++;
            if (to - from > mostBytes)
            {
                most = mapping;
                mostBytes = to - from;
            }
        }

        if (most is null)
        {
            return "";
        }

        string name = most.Name.Length == 0 ? "[anon]" : ReportText.Clean(most.Name);
        return touched == 1
            ? $"{ReportText.Clean(most.Permissions)} {name}"
            : ReportText.Invariant($"{ReportText.Clean(most.Permissions)} {name} +{touched - 1} more");
    }
}
