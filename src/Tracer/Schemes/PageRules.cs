using System.IO.Enumeration;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>Decides for pages of a mapping whether an action does something to them, and whether it may: by their kind, never by an errno.</summary>
internal sealed class PageRules
{
    /// <summary>Beyond the bits of PAGEMAP_SCAN: accessed since it was asked before. See <see cref="PageFacts"/>.</summary>
    internal const ulong Young = 1UL << 62;

    /// <summary>Beyond the bits of PAGEMAP_SCAN: on the memory node that the scheme moves to.</summary>
    internal const ulong OnTargetNode = 1UL << 63;

    private readonly Scheme _scheme;
    private readonly bool _hasFilters;
    private readonly bool _takesExecutable;

    internal PageRules(Scheme scheme)
    {
        _scheme = scheme;
        _hasFilters = scheme.Filters.Any(static filter => !filter.IsCore);
        AsksYoung = scheme.Filters.Any(static filter => filter.Kind == FilterKind.Young);
        AsksCgroup = scheme.Filters.Any(static filter => filter.Kind == FilterKind.Memcg);
        _takesExecutable = scheme.Filters.Any(static filter => filter is { Kind: FilterKind.Executable, Allow: true });
    }

    internal SchemeAction Action => _scheme.Action;

    /// <summary>Acts on whole huge pages.</summary>
    internal bool ActsOnBlocks => _scheme.Action is SchemeAction.Collapse or SchemeAction.Demote;

    /// <summary>Moves pages to a memory node; null when it does something else.</summary>
    internal int? Node => _scheme.Action is SchemeAction.MigrateHot or SchemeAction.MigrateCold ? _scheme.TargetNode : null;

    /// <summary>Whether pages are young decides.</summary>
    internal bool AsksYoung { get; }

    /// <summary>The control group of the process decides.</summary>
    internal bool AsksCgroup { get; }

    /// <summary>Memory without a file can be paged out.</summary>
    internal bool HasSwap { get; set; }

    /// <summary>The filters have allowed it already.</summary>
    internal bool IgnoreFilters { get; set; }

    /// <summary>The control group of the process.</summary>
    internal string Cgroup { get; set; } = "";

    /// <param name="mapping">The mapping.</param>
    /// <param name="kinds">What PAGEMAP_SCAN says of the pages; 0 for those that are neither present nor swapped out.</param>
    /// <param name="refusal">Why they must not be acted on.</param>
    internal PageVerdict Judge(in Mapping mapping, ulong kinds, out SchemeRefusal refusal)
    {
        refusal = SchemeRefusal.Other;
        if (!IsWorthwhile(mapping, kinds))
        {
            return PageVerdict.Pass;
        }

        if (_hasFilters && !IgnoreFilters && !AllowedByFilters(mapping, kinds))
        {
            refusal = SchemeRefusal.Filtered;
            return PageVerdict.Refuse;
        }

        if (_scheme.Action == SchemeAction.PageOut)
        {
            bool isFile = (kinds & PagemapScan.File) != 0 && !IsSharedMemory(mapping);
            if ((mapping.Permissions[2] == 'x' || IsCodeOfDotNet(mapping)) && !_takesExecutable)
            {
                refusal = SchemeRefusal.Executable;
                return PageVerdict.Refuse;
            }

            if (!isFile && !HasSwap)
            {
                refusal = SchemeRefusal.NoSwap;
                return PageVerdict.Refuse;
            }
        }

        return PageVerdict.Act;
    }

    /// <summary>Whether the verdict depends on what <see cref="PageFacts"/> has to be asked for.</summary>
    internal bool DependsOnPages(in Mapping mapping, ulong kinds)
    {
        if ((!AsksYoung && Node is null) || (kinds & PagemapScan.Present) == 0)
        {
            return false;
        }

        PageVerdict verdict = Judge(mapping, kinds, out _);
        return verdict != Judge(mapping, kinds | Young, out _) || verdict != Judge(mapping, kinds | OnTargetNode, out _);
    }

    /// <summary>Memory files, System V and anonymous shared memory: they have a name and an inode, and live in swap like anonymous memory.</summary>
    internal static bool IsSharedMemory(in Mapping mapping) =>
        mapping.Inode != 0
        && (mapping.Name.StartsWith("/memfd:", StringComparison.Ordinal) || mapping.Name.StartsWith("/dev/zero", StringComparison.Ordinal)
            || mapping.Name.StartsWith("/SYSV", StringComparison.Ordinal) || mapping.Name.StartsWith("/dev/shm/", StringComparison.Ordinal)
            || mapping.Name.StartsWith("[anon_shmem", StringComparison.Ordinal));

    /// <summary>.NET maps its code twice, once to write it.</summary>
    private static bool IsCodeOfDotNet(in Mapping mapping) => mapping.Name.StartsWith("/memfd:doublemapper", StringComparison.Ordinal);

    private bool IsWorthwhile(in Mapping mapping, ulong kinds)
    {
        bool isPresent = (kinds & (PagemapScan.Present | PagemapScan.ZeroPage)) == PagemapScan.Present;
        return _scheme.Action switch
        {
            SchemeAction.WillNeed => (kinds & PagemapScan.Swapped) != 0
                || ((kinds & PagemapScan.Present) == 0 && mapping.Inode != 0 && !IsSharedMemory(mapping)),
            SchemeAction.Collapse => mapping.Inode == 0 || IsSharedMemory(mapping),
            SchemeAction.Demote => mapping.Inode == 0,
            SchemeAction.MigrateHot or SchemeAction.MigrateCold => isPresent && (kinds & OnTargetNode) == 0,
            _ => isPresent,
        };
    }

    private bool AllowedByFilters(Mapping mapping, ulong kinds) => FilterRules.Allows(_scheme.Filters, filter => filter.Kind switch
    {
        FilterKind.Anonymous => (kinds & PagemapScan.File) == 0,
        FilterKind.File => (kinds & PagemapScan.File) != 0,
        FilterKind.Mapping => FileSystemName.MatchesSimpleExpression(filter.Name, mapping.Name, ignoreCase: false),
        FilterKind.Executable => mapping.Permissions[2] == 'x',
        FilterKind.HugePageSize => IsWithin(filter, (kinds & PagemapScan.Huge) != 0 ? ActionPlan.HugePage : (ulong)Unistd.PageSize),
        FilterKind.Young => (kinds & Young) != 0,
        FilterKind.Memcg => Cgroup == filter.Name.TrimEnd('/') || Cgroup.StartsWith(filter.Name.TrimEnd('/') + "/", StringComparison.Ordinal),
        _ => false, // refused before the start: see SchemeFeasibility
    });

    private static bool IsWithin(SchemeFilter filter, ulong size) => size >= filter.MinSize && size <= filter.MaxSize;
}
