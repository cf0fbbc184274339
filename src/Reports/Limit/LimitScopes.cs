using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Limit;

/// <summary>Makes candidates and the advice out of the looks at one scope.</summary>
internal static class LimitScopes
{
    private const double LeastIdleSeconds = 1;
    private const int LeastLooks = 10;

    /// <param name="target">Whose memory; null for all.</param>
    /// <param name="series">The looks.</param>
    /// <param name="options">What costs how much.</param>
    public static LimitScope Of(TargetIdentity? target, LimitSeries series, LimitOptions options)
    {
        LimitRow[] rows =
        [
            .. series.Known.Select(bound => AtBound(series, bound, options))
                .Concat(options.Limits.Select(limit => At(series, limit, options)).OfType<LimitRow>())
                .OrderByDescending(static row => row.LimitBytes).ThenByDescending(static row => row.IdleSeconds),
        ];
        return new LimitScope
        {
            Target = target,
            Looks = series.Looks,
            Seconds = series.Seconds,
            ResidentBytes = series.ResidentBytes,
            UnknownBytes = series.UnknownBytes,
            CountedOnceBytes = series.CountedOnceBytes,
            Rows = rows,
            Advice = Advise(rows, series, options),
        };
    }

    /// <summary>
    /// The smallest candidate that keeps to the loss that is allowed, as all larger ones do. Of idle times longer than half of the
    /// recording, and of those below a second, which any pause of a program exceeds, none is advised.
    /// </summary>
    private static LimitAdvice? Advise(LimitRow[] rows, LimitSeries series, LimitOptions options)
    {
        LimitRow[] candidates =
        [
            .. rows.Where(row => !row.IsAskedFor && row.IdleSeconds >= LeastIdleSeconds && row.IdleSeconds * 2 <= series.Seconds && series.Looks >= LeastLooks)
        ];
        int last = candidates.TakeWhile(row => row.HighLossShare <= options.MaxLoss).Count() - 1;
        if (last < 0)
        {
            return null;
        }

        LimitRow advised = candidates[last];
        ulong limit = Math.Max(advised.PeakBytes, advised.LimitBytes);
        LimitRow? below = rows.Where(row => !row.IsAskedFor && row.IdleSeconds < advised.IdleSeconds).MaxBy(static row => row.IdleSeconds);
        return new LimitAdvice(limit, advised, below, series.ResidentBytes > limit ? series.ResidentBytes - limit : 0);
    }

    private static LimitRow AtBound(LimitSeries series, int bound, LimitOptions options) => Row(
        series.KeepBytes(bound), series.PeakBytes(bound), IdleBounds.SecondsOf(bound), series.LeavingBytes(bound), series.Returns(bound),
        options, isAskedFor: false);

    /// <summary>A limit that somebody asked for; null where nothing is known of one so small.</summary>
    private static LimitRow? At(LimitSeries series, ulong limit, LimitOptions options)
    {
        IReadOnlyList<int> known = series.Known;
        int above = known.TakeWhile(bound => series.KeepBytes(bound) < limit).Count();
        if (known.Count == 0 || above == 0)
        {
            return null;
        }

        double leaving = Math.Max(0, (double)series.ResidentBytes - limit);
        int below = known[above - 1];
        if (above == known.Count)
        {
            // More than everything that was accessed in the longest time: of what leaves nothing is known to come back.
            (_, _, double? most) = series.Returns(below);
            return Row(limit, limit, IdleBounds.SecondsOf(below), leaving, (0, 0, leaving == 0 ? 0 : most), options, isAskedFor: true);
        }

        int next = known[above];
        double share = (limit - series.KeepBytes(below)) / (series.KeepBytes(next) - series.KeepBytes(below));
        double seconds = IdleBounds.SecondsOf(below) + (share * (IdleBounds.SecondsOf(next) - IdleBounds.SecondsOf(below)));
        return Row(limit, limit, seconds, leaving, series.ReturnsBetween(below, next), options, isAskedFor: true);
    }

    private static LimitRow Row(
        double limit, ulong peak, double seconds, double leaving, (double Rate, double Low, double? High) returns, LimitOptions options,
        bool isAskedFor)
    {
        double page = RegionEstimateRecord.PageBytes;
        double perPage = options.LatencyUs / 1e6;
        return new LimitRow(
            (ulong)limit, peak, seconds, (ulong)leaving, returns.Rate / page, returns.Low / page, returns.High / page,
            returns.Rate / page * perPage, returns.High / page * perPage, isAskedFor);
    }
}
