using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>A scheme in words.</summary>
public static class SchemeSentence
{
    /// <summary>What it does, to which memory, how much of it, and when: sentences without line breaks.</summary>
    public static string Describe(Scheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        AccessPattern pattern = scheme.Pattern;
        string where = scheme.Action is SchemeAction.MigrateHot or SchemeAction.MigrateCold ? $" to memory node {scheme.TargetNode}" : "";
        List<string> parts = [$"{Verb(scheme.Action)}{where} regions {Sizes(pattern)} that are {Accesses(pattern)}{Ages(pattern)}."];
        parts.Add(Quota(scheme));
        if (scheme.Watermarks is { Metric: not WatermarkMetric.None } marks)
        {
            parts.Add($"Only while {SchemeText.NameOf(marks.Metric)} is between {marks.Low / 10.0}% and {marks.High / 10.0}%; it begins below {marks.Mid / 10.0}%.");
        }

        if (scheme.ApplyIntervalUs > 0)
        {
            parts.Add($"Every {SchemeText.Time(scheme.ApplyIntervalUs)}.");
        }

        parts.AddRange(scheme.Filters.Select(static filter => Filter(filter)));
        return string.Join(' ', parts);
    }

    private static string Verb(SchemeAction action) => action switch
    {
        SchemeAction.Stat => "Counts",
        SchemeAction.PageOut => "Pages out",
        SchemeAction.Cold => "Makes the first to be reclaimed",
        SchemeAction.WillNeed => "Reads back into memory",
        SchemeAction.Collapse => "Makes huge pages of",
        SchemeAction.Demote => "Breaks up the huge pages of",
        SchemeAction.HugePage => "Allows huge pages for",
        SchemeAction.NoHugePage => "Forbids huge pages for",
        SchemeAction.MigrateHot or SchemeAction.MigrateCold => "Moves",
        _ => "Calls the program for",
    };

    private static string Sizes(AccessPattern pattern) => (pattern.MinSize <= 4096, pattern.MaxSize == ulong.MaxValue) switch
    {
        (true, true) => "of any size",
        (false, true) => $"of {SchemeText.Size(pattern.MinSize)} and more",
        (true, false) => $"of at most {SchemeText.Size(pattern.MaxSize)}",
        _ => $"of {SchemeText.Size(pattern.MinSize)} to {SchemeText.Size(pattern.MaxSize)}",
    };

    private static string Accesses(AccessPattern pattern)
    {
        bool fromZero = pattern.MinAccesses.Value == 0;
        bool toMax = double.IsPositiveInfinity(pattern.MaxAccesses.Value);
        string min = SchemeText.Of(pattern.MinAccesses);
        string max = SchemeText.Of(pattern.MaxAccesses);
        return fromZero && pattern.MaxAccesses.Value == 0 ? "not accessed"
            : fromZero && toMax ? "accessed or not"
            : toMax ? $"accessed in {min} or more"
            : fromZero ? $"accessed in {max} or less"
            : $"accessed in {min} to {max}";
    }

    private static string Ages(AccessPattern pattern)
    {
        bool fromZero = pattern.MinAge.Value == 0;
        bool toMax = double.IsPositiveInfinity(pattern.MaxAge.Value);
        return fromZero && toMax ? ""
            : toMax ? $", unchanged for {SchemeText.Of(pattern.MinAge)} or longer"
            : fromZero ? $", unchanged for {SchemeText.Of(pattern.MaxAge)} at most"
            : $", unchanged for {SchemeText.Of(pattern.MinAge)} to {SchemeText.Of(pattern.MaxAge)}";
    }

    private static string Quota(Scheme scheme)
    {
        SchemeQuota quota = scheme.Quota;
        if (!quota.IsSet)
        {
            return "There is no quota: all that matches, at once.";
        }

        List<string> bounds = [];
        if (quota.SizeBytes > 0)
        {
            bounds.Add(SchemeText.Size(quota.SizeBytes));
        }

        if (quota.TimeMs > 0)
        {
            bounds.Add($"{quota.TimeMs}ms of work");
        }

        bounds.AddRange(quota.Goals.Select(static goal => $"what {SchemeText.NameOf(goal.Metric)} needs"));
        string interval = quota.ResetIntervalMs == 0 ? "each pass" : SchemeText.Time(quota.ResetIntervalMs * 1000.0);
        return $"At most {string.Join(" and ", bounds)} in {interval}.";
    }

    private static string Filter(SchemeFilter filter)
    {
        string what = filter.Kind switch
        {
            FilterKind.Address => $"addresses 0x{filter.Range.Start:x}-0x{filter.Range.End:x}",
            FilterKind.Target => $"target {filter.TargetIndex}",
            FilterKind.Mapping => $"mappings '{filter.Name}'",
            FilterKind.Memcg => $"control group '{filter.Name}'",
            FilterKind.HugePageSize => $"pages of {SchemeText.Size(filter.MinSize)} to {SchemeText.Size(filter.MaxSize)}",
            FilterKind.Anonymous => "anonymous memory",
            FilterKind.File => "memory of files",
            FilterKind.Executable => "code",
            _ => $"{SchemeText.NameOf(filter.Kind)} pages",
        };
        return $"{(filter.Allow ? "Allowed" : "Rejected")}: {(filter.Matching ? what : $"all but {what}")}.";
    }
}
