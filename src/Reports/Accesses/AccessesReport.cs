using System.Text.Json;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Regions;

namespace Damon.Trace.Reports.Accesses;

/// <summary>Who touches what: of a recording with accesses (<c>record --who</c>), or of a run of <c>who</c>.</summary>
public static class AccessesReport
{
    /// <summary>Name of the range that holds all accesses to memory that is in no other.</summary>
    internal const string Elsewhere = "elsewhere";

    /// <summary>Reads the recording three times: the hottest ranges, their heat, and the accesses to them.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or has no accesses.</exception>
    public static void Write(
        Func<IRecordingReader> open, AccessesOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.RecordedAccesses, AccessesTable.Write,
            (result, text) => WriteText(result, options, text), output, options.TextColumns);

    /// <summary>Writes the stacks of all accesses in one line each, for flame graphs.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or has no accesses.</exception>
    public static void WriteFolded(Func<IRecordingReader> open, AccessesOptions options, TextWriter output, CancellationToken cancellation)
    {
        AccessesPass pass = ReportRun.Read(open, new AccessesPass(options, static _ => []), cancellation);
        Require(pass);
        pass.Folded.Write(output);
    }

    /// <summary>One run of <c>who</c> for people.</summary>
    /// <param name="result">What is written.</param>
    /// <param name="count">Functions that are listed of each range.</param>
    /// <param name="output">Where to.</param>
    public static void WriteText(AccessesResult result, int count, TextWriter output) => AccessesText.Write(result, count, output);

    /// <summary>One run of <c>who</c> as a JSON document; plain numbers, units in the names.</summary>
    public static void WriteJson(AccessesResult result, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(result, ReportJson.Default.AccessesResult));

    /// <summary>The numbers themselves; reads as <see cref="Write"/> does.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or has no accesses.</exception>
    public static RecordedAccesses Compute(Func<IRecordingReader> open, AccessesOptions options, CancellationToken cancellation = default)
    {
        Dictionary<ulong, HotRanges> hottest = options.Ranges.Count > 0 ? [] : Hottest(open, options, cancellation);
        AccessesPass pass = ReportRun.Read(
            open,
            new AccessesPass(options, id => options.Ranges.Count > 0
                ? options.Ranges
                : [.. hottest.GetValueOrDefault(id, HotRanges.None).Ranges.Select(static range => (range.Start, range.End))]),
            cancellation);
        Require(pass);
        return new RecordedAccesses(
            pass.Facts, [.. pass.Targets.Select(target => Describe(pass, target.Key, target.Value, hottest.GetValueOrDefault(target.Key, HotRanges.None)))]);
    }

    private static void Require(AccessesPass pass)
    {
        if (!pass.Targets.Values.Any(static target => target.Tallies.Any(static tally => tally.NrAccesses > 0)))
        {
            throw new RecordingFormatException(
                pass.Targets.Count > 0
                    ? "no access was seen in what was asked for; hint: 'report summary' tells targets and times"
                    : "no accesses were sampled; hint: 'damon-trace record --who' does, and 'damon-trace who' looks at a process that runs");
        }
    }

    private static Dictionary<ulong, HotRanges> Hottest(
        Func<IRecordingReader> open, AccessesOptions options, CancellationToken cancellation)
    {
        var regions = new RegionsOptions
        {
            TargetId = options.TargetId,
            FromNs = options.FromNs,
            ToNs = options.ToNs,
            FromWallNs = options.FromWallNs,
            ToWallNs = options.ToWallNs,
            Known = options.Known,
            Count = int.MaxValue,
            Orders = [RegionOrder.Hottest],
        };
        return RegionsReport.Compute(open, regions, cancellation).Targets
            .GroupBy(static target => target.Target.TargetId)
            .ToDictionary(static target => target.Key, target => HotRanges.Of(target.First().Lists[0].Ranges, options.Hottest));
    }

    private static AccessesResult Describe(AccessesPass pass, ulong id, AccessesPass.Target target, HotRanges hottest)
    {
        var ranges = new List<AccessesRange>();
        for (int i = 0; i < target.Tallies.Count; i++)
        {
            (ulong start, ulong end) = i < target.Ranges.Count ? target.Ranges[i] : (0, 0);
            string name = i < target.Ranges.Count ? pass.Catalog.NameOf(id, start, end) : Elsewhere;
            if (i < target.Ranges.Count || target.Tallies[i].NrAccesses > 0)
            {
                double? frequency = i < hottest.Ranges.Count ? hottest.Ranges[i].MeanHz : null;
                ranges.Add(target.Tallies[i].ToResult(start, end, end - start, name, frequency, tid => target.Threads.GetValueOrDefault(tid, "?")));
            }
        }

        return new AccessesResult
        {
            Pid = pass.Catalog.Find(id)?.Pid ?? 0,
            Comm = pass.Catalog.Find(id)?.Comm ?? "?",
            Sampler = target.Sampling.Last?.Sampler ?? "unknown",
            SharesOf = target.Sampling.Last?.Unit ?? "unknown",
            DurationSeconds = target.Sampling.DurationSeconds,
            Counts = target.Sampling.ToCounts(target.Tallies.Sum(static tally => tally.NrAccesses)),
            Ranges = ranges,
            Remarks = [.. new[] { target.Sampling.Last?.Remark, hottest.Remark }.Where(static remark => remark is { Length: > 0 })!],
        };
    }

    private static void WriteText(RecordedAccesses result, AccessesOptions options, TextWriter output)
    {
        for (int i = 0; i < result.Targets.Count; i++)
        {
            if (i > 0)
            {
                output.WriteLine();
            }

            AccessesText.Write(result.Targets[i], options.Count, output);
        }
    }

    /// <summary>The hottest ranges of a target that are accessed and not executed.</summary>
    private sealed record HotRanges(IReadOnlyList<RegionsRange> Ranges, string? Remark)
    {
        internal static readonly HotRanges None = new([], null);

        internal static HotRanges Of(IReadOnlyList<RegionsRange> hottest, int count)
        {
            List<RegionsRange> ranges = [];
            int code = 0;
            for (int i = 0; i < hottest.Count && ranges.Count < count; i++)
            {
                if (CodeMapping.Is(hottest[i].Permissions))
                {
                    code++;
                }
                else
                {
                    ranges.Add(hottest[i]);
                }
            }

            return new HotRanges(ranges, code == 0 ? null : ReportText.Invariant(
                $"code is left out: {code} of the {code + ranges.Count} hottest ranges, hot because it is executed; --address-range looks at it"));
        }
    }
}
