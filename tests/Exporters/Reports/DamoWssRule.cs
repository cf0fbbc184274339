using System.Globalization;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>
/// damo's working sets from text, written from the description of its rule and nothing of ours: words split at blanks, time in binary
/// floating point, snapshots of a target_id that close at nr_regions, the first ones dropped, the rest joined until they cover the work time.
/// </summary>
internal sealed class DamoWssRule
{
    private readonly SortedDictionary<ulong, List<Shot>> _targets = [];
    private readonly List<ulong> _order = [];

    public DamoWssRule(string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            double seconds = double.Parse(words[3].TrimEnd(':'), CultureInfo.InvariantCulture);
            ulong target = ulong.Parse(words[5].Split('=')[1], CultureInfo.InvariantCulture);
            int regions = int.Parse(words[6].Split('=')[1], CultureInfo.InvariantCulture);
            ulong[] bounds = [.. words[7].TrimEnd(':').Split('-').Select(bound => ulong.Parse(bound, CultureInfo.InvariantCulture))];
            Add(target, regions, (long)(seconds * 1e9), new Area(bounds[0], bounds[1], long.Parse(words[8], CultureInfo.InvariantCulture)));
        }

        foreach (List<Shot> shots in _targets.Values.Where(shots => shots.Count > 1))
        {
            shots[0].Begin = shots[0].End - ((double)(shots[^1].End - shots[0].End) / (shots.Count - 1));
        }
    }

    /// <summary>Working sets in order of time, by target in order of appearance.</summary>
    public List<List<ulong>> WorkingSets(int skip, ulong workTimeUs, long threshold) =>
        [.. _order.Select(target => Joined(_targets[target].Skip(skip), workTimeUs)
            .Select(areas => (ulong)areas.Where(area => area.Accesses >= threshold).Sum(area => (long)(area.End - area.Start))).ToList())];

    public static ulong Percentile(IEnumerable<ulong> sizes, int percentile)
    {
        ulong[] sorted = [.. sizes.Order()];
        int index = (int)(percentile / 100.0 * sorted.Length);
        return sorted[index == sorted.Length ? index - 1 : index];
    }

    private void Add(ulong target, int regions, long ns, Area area)
    {
        if (!_targets.TryGetValue(target, out List<Shot>? shots))
        {
            _targets.Add(target, shots = []);
            _order.Add(target);
        }

        if (shots.Count == 0 || shots[^1].Areas.Count == shots[^1].NrRegions)
        {
            shots.Add(new Shot { Begin = shots.Count == 0 ? ns : shots[^1].End, End = ns, NrRegions = regions });
        }

        shots[^1].Areas.Add(area);
    }

    private static IEnumerable<List<Area>> Joined(IEnumerable<Shot> shots, ulong workTimeUs)
    {
        List<Shot> waiting = [];
        foreach (Shot shot in shots)
        {
            waiting.Add(shot);
            if (shot.End - waiting[0].Begin >= workTimeUs * 1000)
            {
                List<Area> joined = [];
                foreach (Shot one in waiting)
                {
                    Dictionary<Area, long> more = [];
                    one.Areas.ForEach(area => Lay(joined, area.Start, area.End, area.Accesses, more));
                    foreach ((Area area, long most) in more)
                    {
                        area.Accesses += most;
                    }
                }

                yield return joined;
                waiting.Clear();
            }
        }
    }

    /// <summary>Meets the first area it overlaps, in order of their coming; what sticks out left and right is laid by itself.</summary>
    private static void Lay(List<Area> known, ulong start, ulong end, long accesses, Dictionary<Area, long> more)
    {
        Area? met = known.Find(area => area.Start < end && start < area.End);
        if (met is null)
        {
            known.Add(new Area(start, end, accesses));
            return;
        }

        more[met] = Math.Max(more.GetValueOrDefault(met), accesses);
        if (start < met.Start)
        {
            Lay(known, start, met.Start, accesses, more);
        }

        if (met.End < end)
        {
            Lay(known, met.End, end, accesses, more);
        }
    }

    private sealed class Shot
    {
        public double Begin { get; set; }

        public required long End { get; init; }

        public required int NrRegions { get; init; }

        public List<Area> Areas { get; } = [];
    }

    /// <summary>Compared by identity: two may have the same bounds.</summary>
    private sealed class Area(ulong start, ulong end, long accesses)
    {
        public ulong Start => start;

        public ulong End => end;

        public long Accesses { get; set; } = accesses;
    }
}
