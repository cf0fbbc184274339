using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>
/// What is known at this point of a recording about its contexts, targets and mappings. Memory is bounded by one generation of mappings
/// per target.
/// </summary>
internal sealed class DescriptionsInForce
{
    private readonly SortedDictionary<string, ContextDescription> _contexts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ulong, TargetDescription> _targets = [];
    private readonly SortedDictionary<ulong, List<MappingDescription>> _mappings = [];

    /// <summary>Counts the changes: what is written at one version need not be looked at again before the next.</summary>
    internal long Version { get; private set; }

    internal IEnumerable<ContextDescription> Contexts => _contexts.Values;

    internal IEnumerable<TargetDescription> Targets => _targets.Values;

    /// <summary>The newest generation of every target, in address order.</summary>
    internal IEnumerable<IReadOnlyList<MappingDescription>> Mappings => _mappings.Values;

    internal uint? GenerationOf(ulong targetId) =>
        _mappings.TryGetValue(targetId, out List<MappingDescription>? list) ? list[0].Generation : null;

    internal void Add(ContextDescription context)
    {
        if (!_contexts.TryGetValue(context.Kdamond, out ContextDescription? known) || known != context)
        {
            _contexts[context.Kdamond] = context;
            Version++;
        }
    }

    internal void Add(TargetDescription target)
    {
        if (!_targets.TryGetValue(target.TargetId, out TargetDescription? known) || known != target)
        {
            _targets[target.TargetId] = target;
            Version++;
        }
    }

    internal void Add(MappingDescription mapping)
    {
        if (!_mappings.TryGetValue(mapping.TargetId, out List<MappingDescription>? list))
        {
            _mappings.Add(mapping.TargetId, list = []);
        }

        if (list.Count > 0 && list[0].Generation != mapping.Generation)
        {
            list.Clear();
        }

        // A generation comes in address order; what goes back is one repeated for those who attach late.
        if (list.Count == 0 || mapping.Start > list[^1].Start)
        {
            list.Add(mapping);
            Version++;
        }
    }
}
