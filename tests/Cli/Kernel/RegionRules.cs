using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests.Kernel;

/// <summary>
/// The rules of DAMON that show in what one kdamond reports of one target, snapshot after snapshot; whoever samples must keep them, the
/// kernel and we. Each follows from the code of mm/damon/core.c: regions are merged and aged, reported, reset, and split, in this order.
/// </summary>
internal sealed class RegionRules
{
    private const ulong Page = 4096;

    private readonly ContextAttributes _attributes;
    private readonly List<string> _violations = [];
    private readonly Dictionary<string, int> _checked = [];
    private RegionEvent[] _previous = [];
    private int _snapshot;

    private RegionRules(ContextAttributes attributes) => _attributes = attributes;

    /// <summary>What breaks a rule.</summary>
    internal IReadOnlyList<string> Violations => _violations;

    /// <summary>How often each rule was put to the test.</summary>
    internal IReadOnlyDictionary<string, int> Checked => _checked;

    internal static RegionRules Check(ContextAttributes attributes, IEnumerable<RecordedSnapshot> snapshots)
    {
        var rules = new RegionRules(attributes);
        foreach (RecordedSnapshot snapshot in snapshots)
        {
            rules.Check(snapshot.Regions, snapshot.Unknown);
            rules._previous = snapshot.Regions;
            rules._snapshot++;
        }

        return rules;
    }

    private void Check(RegionEvent[] regions, bool[] unknown)
    {
        ulong maxNrAccesses = Math.Max(1, _attributes.AggrUs / _attributes.SampleUs);
        ulong totalSize = regions.Aggregate(0UL, (sum, region) => sum + Size(region));
        ulong sizeLimit = Math.Max(Page, totalSize / _attributes.MinNrRegions);
        Rule("max_nr_regions", regions.Length <= _attributes.MaxNrRegions, $"{regions.Length} regions");
        for (int i = 0; i < regions.Length; i++)
        {
            RegionEvent region = regions[i];
            Rule("address order", region.Start < region.End && (i == 0 || regions[i - 1].End <= region.Start), Text(region));
            Rule("nr_accesses", region.NrAccesses <= maxNrAccesses, Text(region));
            if (i > 0 && (unknown.Length == 0 || unknown[i - 1] == unknown[i]))
            {
                CheckMerged(regions[i - 1], region, regions.Max(one => one.NrAccesses) / 10, sizeLimit);
            }

            CheckOrigin(region, sizeLimit, (uint)maxNrAccesses);
        }
    }

    /// <summary>
    /// A region of one page is as it was sampled: nothing was merged into it. So the last merge compared the region before it, in its
    /// final state, with this one. The threshold was a tenth of the largest nr_accesses before merging, which is not less than after it.
    /// What is unknown joins only what is unknown, too: a rule of ours, which the kernel does not need.
    /// </summary>
    private void CheckMerged(in RegionEvent left, in RegionEvent right, uint threshold, ulong sizeLimit)
    {
        if (left.End == right.Start && Size(right) == Page)
        {
            bool alike = Distance(left.NrAccesses, right.NrAccesses) <= threshold;
            Rule("merge", !alike || Size(left) + Size(right) > sizeLimit, $"{Text(left)} and {Text(right)} are alike, threshold {threshold}");
        }
    }

    /// <summary>
    /// A region comes from those that were reported where it lies: age grows by one at most, whatever was merged. What lies within one of
    /// them and grew older changed by no more than the threshold, at most a tenth of the largest nr_accesses possible. What lies across a
    /// border of two was merged, so it is not larger than the limit. Regions that lie where none were before are new.
    /// </summary>
    private void CheckOrigin(in RegionEvent region, ulong sizeLimit, uint maxNrAccesses)
    {
        RegionEvent[] origins = Origins(region);
        if (origins.Length == 0)
        {
            return;
        }

        Rule("age", region.Age <= origins.Max(origin => origin.Age) + 1, $"{Text(region)} after {string.Join(", ", origins.Select(Text))}");
        if (origins.Length > 1)
        {
            Rule("size limit", Size(region) <= sizeLimit, $"{Text(region)} is larger than {sizeLimit}");
        }
        else if (region.Age == origins[0].Age + 1)
        {
            Rule(
                "age threshold", Distance(region.NrAccesses, origins[0].NrAccesses) <= maxNrAccesses / 10,
                $"{Text(region)} after {Text(origins[0])}");
        }
    }

    /// <summary>The regions reported before that cover a region; none when a part of it was not covered.</summary>
    private RegionEvent[] Origins(RegionEvent region)
    {
        RegionEvent[] origins = Array.FindAll(_previous, origin => origin.Start < region.End && origin.End > region.Start);
        ulong covered = origins.Aggregate(0UL, (sum, origin) => sum + Math.Min(origin.End, region.End) - Math.Max(origin.Start, region.Start));
        return covered == Size(region) ? origins : [];
    }

    private void Rule(string name, bool holds, string detail)
    {
        _checked[name] = _checked.GetValueOrDefault(name) + 1;
        if (!holds)
        {
            _violations.Add($"snapshot {_snapshot}, {name}: {detail}");
        }
    }

    private static ulong Size(in RegionEvent region) => region.End - region.Start;

    private static uint Distance(uint left, uint right) => Math.Max(left, right) - Math.Min(left, right);

    private static string Text(RegionEvent region) => FormattableString.Invariant(
        $"{region.Start:x}-{region.End:x} {region.NrAccesses} {region.Age}");
}
