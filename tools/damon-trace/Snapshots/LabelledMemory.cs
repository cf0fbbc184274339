using Damon.Trace.Cli.DotNet;
using Damon.Trace.Cli.Names;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>The pages of a snapshot by what the target keeps in them. The target is asked after its pages were read: answering touches some.</summary>
internal static class LabelledMemory
{
    /// <summary>One process: by address.</summary>
    /// <exception cref="UserErrorException">It was asked for by name and cannot be asked.</exception>
    internal static SnapshotLabels Of(TargetProcess process, ExactPages pages, IReadOnlyList<Mapping> mappings, IReadOnlyList<string> kinds)
    {
        List<string> remarks = [];
        List<SnapshotLabel> labels = [.. Sum(pages, Ranges(process, mappings, kinds))];
        if (kinds.Contains(NameKinds.Types))
        {
            labels.AddRange(Types(process, pages, remarks));
        }

        return new SnapshotLabels([.. labels.OrderByDescending(static label => label.ResidentBytes)], remarks);
    }

    /// <summary>What is known of one process's addresses.</summary>
    internal static IReadOnlyList<NamedRange> Ranges(TargetProcess process, IReadOnlyList<Mapping> mappings, IReadOnlyList<string> kinds)
    {
        IReadOnlyList<INameSource> sources = NameKinds.Sources(kinds, saysFile: true);
        return Ranges(process, mappings, sources, [.. sources.Where(source => source.Knows(mappings))], isNeeded: true);
    }

    /// <summary>The same for one of several, which need not have any.</summary>
    internal static IReadOnlyList<NamedRange> Ranges(
        TargetProcess process, IReadOnlyList<Mapping> mappings, IReadOnlyList<INameSource> asked, IReadOnlyList<INameSource> sources, bool isNeeded)
    {
        if (isNeeded && asked.Except(sources).FirstOrDefault() is { } none)
        {
            throw new UserErrorException($"process {process.Pid} ({process.Comm}) has no {none.Kind} names", "leave --names out, or name another process", ExitCode.TargetGone);
        }

        return LabelRanges.Join(sources.SelectMany(source => source.Read(process, mappings, out _)));
    }

    private static IEnumerable<SnapshotLabel> Sum(ExactPages pages, IReadOnlyList<NamedRange> ranges)
    {
        Dictionary<string, LabelSum> sums = [];
        int first = 0;
        foreach (ExactRegion region in ranges.Count > 0 ? pages.Regions() : [])
        {
            while (first < ranges.Count && ranges[first].End <= region.Start)
            {
                first++;
            }

            for (int i = first; i < ranges.Count && ranges[i].Start < region.End; i++)
            {
                if (!sums.TryGetValue(ranges[i].Label, out LabelSum? sum))
                {
                    sums.Add(ranges[i].Label, sum = new LabelSum());
                }

                sum.Add(region.State, Math.Min(region.End, ranges[i].End) - Math.Max(region.Start, ranges[i].Start));
            }
        }

        return sums.Select(static one => new SnapshotLabel(one.Key, one.Value.Touched, one.Value.Cold, one.Value.Unknown, null));
    }

    private static IEnumerable<SnapshotLabel> Types(TargetProcess process, ExactPages pages, List<string> remarks)
    {
        TypeReading reading = DotNetTypes.Read(process, pages);
        if (!reading.IsConsistent)
        {
            remarks.Add("a collection moved older objects while they were read: take the types for a hint only, or try again");
        }

        if (reading.UnreadableBytes > 0)
        {
            remarks.Add($"{Reports.ReportText.ShortSize(reading.UnreadableBytes)} of the .NET heap, where it is being allocated, held no object that could be told");
        }

        return reading.Rows.GroupBy(static row => $"{row.Name} [{row.Generation}]").Select(static group => new SnapshotLabel(
            group.Key, Sum(group, static row => row.TouchedBytes), Sum(group, static row => row.ColdBytes), Sum(group, static row => row.UnknownBytes),
            group.Sum(static row => row.NrObjects)));
    }

    private static ulong Sum(IEnumerable<TypeRow> rows, Func<TypeRow, ulong> bytes) => rows.Aggregate(0ul, (sum, row) => sum + bytes(row));

    private sealed class LabelSum
    {
        internal ulong Touched { get; private set; }

        internal ulong Cold { get; private set; }

        internal ulong Unknown { get; private set; }

        internal void Add(ExactState state, ulong bytes)
        {
            Touched += state == ExactState.Touched ? bytes : 0;
            Cold += state == ExactState.Untouched ? bytes : 0;
            Unknown += state == ExactState.Unknown ? bytes : 0;
        }
    }
}

/// <summary>What a snapshot says by label.</summary>
/// <param name="All">Most memory first.</param>
/// <param name="Remarks">What must be known to read them.</param>
internal sealed record SnapshotLabels(IReadOnlyList<SnapshotLabel> All, IReadOnlyList<string> Remarks)
{
    internal static SnapshotLabels None { get; } = new([], []);
}

/// <summary>Memory of one label; what is not resident is in none.</summary>
/// <param name="Label">A relation, a part of a file, a space of a JVM, a type of .NET and its generation.</param>
/// <param name="TouchedBytes">In the longest window.</param>
/// <param name="ColdBytes">Resident and not touched in it.</param>
/// <param name="UnknownBytes">Of which nothing is known.</param>
/// <param name="Objects">Objects of a type; null where it is none.</param>
internal sealed record SnapshotLabel(string Label, ulong TouchedBytes, ulong ColdBytes, ulong UnknownBytes, long? Objects)
{
    public ulong ResidentBytes => TouchedBytes + ColdBytes + UnknownBytes;
}
