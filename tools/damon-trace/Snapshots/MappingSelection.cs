using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>Which addresses of a process are looked at, anew each time: mappings come and go.</summary>
internal static class MappingSelection
{
    private const int NamesInHint = 5;

    /// <summary>The ranges, ascending and disjoint.</summary>
    /// <exception cref="UserErrorException">The process has no such memory.</exception>
    internal static IReadOnlyList<AddressRange> Of(IReadOnlyList<Mapping> mappings, SnapshotRequest request, int pid)
    {
        IEnumerable<Mapping> wanted = mappings;
        if (request.Mapping is { } name)
        {
            wanted = mappings.Where(mapping => IsNamed(mapping, name));
        }
        else if (request.Range is { } range)
        {
            wanted = mappings.Where(mapping => mapping.Start < range.End && mapping.End > range.Start)
                .Select(mapping => mapping with { Start = Math.Max(mapping.Start, Down(range.Start)), End = Math.Min(mapping.End, Up(range.End)) });
        }

        AddressRange[] ranges = [.. wanted.Select(mapping => new AddressRange(mapping.Start, mapping.End))];
        return ranges.Length > 0 ? ranges : throw Nothing(mappings, request, pid);
    }

    /// <summary>The same for one of several processes, which need not have any of it; null for all its memory.</summary>
    internal static IReadOnlyList<AddressRange>? OfService(ExactScan scan, SnapshotRequest request) => request.Mapping is { } name
        ? [.. scan.ReadMappings().Where(mapping => IsNamed(mapping, name)).Select(mapping => new AddressRange(mapping.Start, mapping.End))]
        : null;

    private static bool IsNamed(in Mapping mapping, string name) => name switch
    {
        "[anon]" => mapping.Name.Length == 0,
        _ => mapping.Name == name || (mapping.Name.StartsWith('/') && Path.GetFileName(mapping.Name) == name),
    };

    private static UserErrorException Nothing(IReadOnlyList<Mapping> mappings, SnapshotRequest request, int pid)
    {
        string what = request.Mapping is { } name ? $"no mapping named '{name}'" : "nothing mapped in that range";
        IEnumerable<string> largest = mappings.GroupBy(mapping => mapping.Name.Length == 0 ? "[anon]" : mapping.Name)
            .OrderByDescending(group => group.Sum(mapping => (double)mapping.Size)).Take(NamesInHint).Select(group => group.Key);
        return new UserErrorException(
            $"process {pid} has {what}",
            request.Mapping is null ? $"see /proc/{pid}/maps" : $"the largest are {string.Join(", ", largest)}", ExitCode.TargetGone);
    }

    private static ulong PageBytes => (ulong)Environment.SystemPageSize;

    private static ulong Down(ulong address) => address / PageBytes * PageBytes;

    private static ulong Up(ulong address) => (address + PageBytes - 1) / PageBytes * PageBytes;
}
