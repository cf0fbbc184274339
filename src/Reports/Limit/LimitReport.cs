using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Limit;

/// <summary>
/// The memory limit to set: for each candidate what would leave, how often it would come back and what that costs, from pages that were
/// followed one by one; and one of them as advice. What kernels reclaim is close to, not the same as, what has been idle longest, and page
/// cache that no target maps is in no figure: <c>verify-limit</c> measures how far that is off.
/// </summary>
public static class LimitReport
{
    /// <summary>Reads the recording once; memory grows by 300 bytes a second and target.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or followed no pages.</exception>
    public static LimitResult Compute(Func<IRecordingReader> open, LimitOptions options, CancellationToken cancellation = default)
    {
        LimitPass pass = ReportRun.Read(open, new LimitPass(options), cancellation);
        LimitScope[] targets =
        [
            .. pass.Targets.All.Select(static target => target.Target)
                .Where(target => pass.Find(target.TargetId) is not null)
                .Select(target => LimitScopes.Of(target, pass.Find(target.TargetId)!, options)),
        ];
        if (targets.Length == 0)
        {
            throw new RecordingFormatException(
                "the recording tells no idle times of pages, which a limit needs; hint: record for some seconds with access-bits, idle-pages or --exact");
        }

        return new LimitResult
        {
            Recording = pass.Facts,
            LatencyUs = options.LatencyUs,
            MaxLoss = options.MaxLoss,
            Total = targets.Length > 1 && pass.Total.Looks > 0 ? LimitScopes.Of(null, pass.Total, options) : null,
            Targets = targets,
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, LimitOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.LimitResult, LimitTable.Write,
            LimitText.Write, output, options.TextColumns);
    }

    /// <summary>
    /// Pages a second that would come back under a limit on all targets together, with their range; null where nothing is known of one so
    /// small.
    /// </summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or followed no pages.</exception>
    public static (double Rate, double Low, double? High)? PredictRefaults(Func<IRecordingReader> open, ulong limitBytes, CancellationToken cancellation)
    {
        LimitResult result = Compute(open, new LimitOptions { Limits = [limitBytes] }, cancellation);
        LimitRow? row = (result.Total ?? result.Targets[0]).Rows.FirstOrDefault(static row => row.IsAskedFor);
        return row is null ? null : (row.Refaults, row.LowRefaults, row.HighRefaults);
    }
}

/// <summary>What a memory limit would cost, and how much cost is too much.</summary>
public sealed record LimitOptions : ReportSelection
{
    /// <summary>Time to bring one page back, in microseconds: of the swap device or of the disk.</summary>
    public double LatencyUs { get; init; } = 100;

    /// <summary>
    /// Share of one CPU's time that waiting for pages may take, 0 to 1: the advice is the smallest limit that keeps to it.
    /// </summary>
    public double MaxLoss { get; init; } = 0.01;

    /// <summary>Limits in bytes that somebody has in mind, beside those of the idle times that are known.</summary>
    public IReadOnlyList<ulong> Limits { get; init; } = [];
}
