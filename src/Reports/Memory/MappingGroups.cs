using Damon.Trace.Events;

namespace Damon.Trace.Reports.Memory;

/// <summary>The mappings of one generation by name: records know them by index only.</summary>
internal sealed class MappingGroups
{
    private readonly int[] _groups;
    private readonly List<string> _names = [];
    private readonly List<ulong> _accessibleBytes = [];

    private MappingGroups(IReadOnlyList<MappingDescription> mappings)
    {
        Dictionary<string, int> byName = [];
        _groups = new int[mappings.Count];
        for (int i = 0; i < mappings.Count; i++)
        {
            string name = TargetCatalog.NameOf(mappings[i]);
            if (!byName.TryGetValue(name, out int group))
            {
                byName.Add(name, group = _names.Count);
                _names.Add(name);
                _accessibleBytes.Add(0);
            }

            _groups[i] = group;
            _accessibleBytes[group] += IsAccessible(mappings[i]) ? mappings[i].End - mappings[i].Start : 0;
        }

        Generation = mappings.Count == 0 ? 0 : mappings[0].Generation;
    }

    /// <summary>No mapping is known: all memory is one group of its own.</summary>
    public static MappingGroups None { get; } = new([]);

    public uint Generation { get; }

    public bool AreKnown => _groups.Length > 0;

    public int Count => _names.Count;

    /// <summary>The group of each mapping of the generation.</summary>
    public ReadOnlySpan<int> Groups => _groups;

    public string NameOf(int group) => _names[group];

    /// <summary>Bytes mapped with any permission.</summary>
    public ulong AccessibleBytesOf(int group) => _accessibleBytes[group];

    /// <summary>Null unless all mappings of that generation are there: an index says nothing when one is missing.</summary>
    public static MappingGroups? TryCreate(IReadOnlyList<MappingDescription> mappings, uint generation) =>
        mappings.Count > 0 && mappings[0].Generation == generation && mappings[0].NrMappings == (uint)mappings.Count
            ? new MappingGroups(mappings)
            : null;

    /// <summary>The gate page of x86-64 is listed and belongs to no process.</summary>
    private static bool IsAccessible(MappingDescription mapping) =>
        mapping.Permissions.AsSpan().IndexOfAny("rwx") >= 0 && mapping.Name != "[vsyscall]";
}
