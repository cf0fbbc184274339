using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>
/// The hottest and the coldest ranges with size, heat, age and the name of their mapping. Ranges are the regions of the last complete
/// snapshot; heat is their mean over the whole recording, weighted by area and time; age is that of the last snapshot.
/// </summary>
public static class RegionsReport
{
    /// <summary>Reads the recording twice; memory depends on the number of regions, not on its length.</summary>
    public static void Write(Func<IRecordingReader> open, RegionsOptions options, TextWriter output, CancellationToken cancellation)
    {
        LastSnapshots last = new(options);
        Pass(open, last, cancellation);
        Dictionary<TargetKey, RangeHeat[]> ranges = last.Entries.ToDictionary(entry => entry.Key, entry => ToRanges(entry.Value));
        HashSet<TargetKey> hzKnown = [.. last.Entries.Where(entry => entry.Value.HzKnown).Select(entry => entry.Key)];
        Pass(open, new RangeHeatSum(options, ranges, hzKnown), cancellation);

        if (ranges.Count == 0)
        {
            output.WriteLine("regions: the recording has no complete snapshot");
        }

        foreach ((TargetKey key, RangeHeat[] targets) in ranges)
        {
            WriteTarget(last, key, targets, options.Count, output);
        }

        if (last.End is { } end)
        {
            output.WriteLine(ReportText.Invariant(
                $"{end.Snapshots} snapshots, {end.IncompleteSnapshots} incomplete, {end.LostEvents} events lost"));
            output.Write(end.Truncation is { } truncation ? $"the recording breaks off: {truncation}{output.NewLine}" : "");
        }
    }

    private static void Pass(Func<IRecordingReader> open, IRecordingSink sink, CancellationToken cancellation)
    {
        IRecordingReader reader = open();
        using IDisposable? owned = reader as IDisposable;
        reader.Read(sink, cancellation);
    }

    /// <summary>Neighbours of equal heat and age are one range: splits leave such halves behind.</summary>
    internal static RangeHeat[] ToRanges(LastSnapshots.Entry entry)
    {
        List<RangeHeat> ranges = [];
        ReadOnlySpan<RegionEvent> regions = entry.Regions;
        for (int i = 0; i < regions.Length;)
        {
            int next = i + 1;
            while (next < regions.Length && regions[next].Start == regions[next - 1].End
                && regions[next].NrAccesses == regions[i].NrAccesses && regions[next].Age == regions[i].Age)
            {
                next++;
            }

            ranges.Add(new RangeHeat { Start = regions[i].Start, End = regions[next - 1].End, Age = regions[i].Age });
            i = next;
        }

        return [.. ranges];
    }

    private static void WriteTarget(LastSnapshots last, TargetKey key, RangeHeat[] ranges, int count, TextWriter output)
    {
        LastSnapshots.Entry entry = last.Entries[key];
        string unit = entry.HzKnown ? "Hz" : "samples";
        output.WriteLine($"regions of {last.Catalog.Describe(key.TargetId)}");
        output.WriteLine($"heat: mean over the recording in {unit}, and share of samples found accessed; age: since when at the end");
        if (!entry.HzKnown)
        {
            output.WriteLine("samples found accessed per aggregation: Hz needs the intervals, tell them with --sample and --aggr");
        }

        IOrderedEnumerable<RangeHeat> hottest = ranges.Where(range => range.Mean > 0)
            .OrderByDescending(range => range.Mean).ThenByDescending(range => range.Size);
        IOrderedEnumerable<RangeHeat> coldest = ranges
            .OrderBy(range => range.Mean).ThenByDescending(range => range.Age).ThenByDescending(range => range.Size);
        WriteList("hottest", hottest.Take(count), last, key, output);
        WriteList("coldest", coldest.Take(count), last, key, output);
        output.WriteLine();
    }

    private static void WriteList(string title, IEnumerable<RangeHeat> ranges, LastSnapshots last, TargetKey key, TextWriter output)
    {
        LastSnapshots.Entry entry = last.Entries[key];
        string unit = entry.HzKnown ? "Hz" : "samples";
        output.WriteLine($"{title,-25}          size {unit,9}      % {"age",10}  mapping");
        bool any = false;
        foreach (RangeHeat range in ranges)
        {
            any = true;
            string share = entry.MaxAccesses is null ? "-" : ReportText.Invariant($"{range.Share * 100:F1}");
            string age = entry.AgeSeconds is { } seconds
                ? ReportText.Seconds(range.Age * seconds)
                : ReportText.Invariant($"{range.Age} aggr");
            output.WriteLine(ReportText.Invariant(
                $"{ReportText.Range(range.Start, range.End)} {ReportText.Size(range.Size),13} {range.Mean,9:F3} {share,6} {age,10}  ")
                + last.Catalog.NameOf(key.TargetId, range.Start, range.End));
        }

        if (!any)
        {
            output.WriteLine("  none");
        }
    }
}
