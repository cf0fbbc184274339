namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>
/// How filters are evaluated. A filter hits when (memory is of its kind) == matching, and the first hit decides. Without a hit the filters by
/// address reject if their last one allows and there are none by kind; those by kind reject if their last one allows; otherwise it is allowed.
/// </summary>
public static class FilterRules
{
    /// <summary>The filters by kind of memory.</summary>
    /// <param name="filters">All filters of a scheme; those by address are passed over.</param>
    /// <param name="isOfKind">Whether the memory is of a filter's kind.</param>
    public static bool Allows(IReadOnlyList<SchemeFilter> filters, Func<SchemeFilter, bool> isOfKind)
    {
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentNullException.ThrowIfNull(isOfKind);
        bool lastAllows = false;
        foreach (SchemeFilter filter in filters)
        {
            if (filter.IsCore)
            {
                continue;
            }

            if (isOfKind(filter) == filter.Matching)
            {
                return filter.Allow;
            }

            lastAllows = filter.Allow;
        }

        return !lastAllows;
    }

    /// <summary>The filters by address.</summary>
    /// <param name="filters">All filters of a scheme.</param>
    /// <param name="targetIndex">The target's index.</param>
    /// <param name="range">The range, not empty.</param>
    /// <param name="alignment">Bounds of filters are aligned down to it.</param>
    /// <param name="end">Up to where the verdict holds: the range's end, or where it has to be cut.</param>
    internal static FilterVerdict Judge(
        IReadOnlyList<SchemeFilter> filters, ulong targetIndex, AddressRange range, ulong alignment, out ulong end)
    {
        end = range.End;
        bool lastAllows = false;
        bool isKindAsked = false;
        foreach (SchemeFilter filter in filters)
        {
            if (!filter.IsCore)
            {
                isKindAsked = true;
                continue;
            }

            bool isOf = filter.Kind == FilterKind.Target
                ? filter.TargetIndex == targetIndex
                : IsWithin(filter.Range, range.Start, alignment, ref end);
            if (isOf == filter.Matching)
            {
                return filter.Allow ? FilterVerdict.Allowed : FilterVerdict.Rejected;
            }

            lastAllows = filter.Allow;
        }

        return isKindAsked ? FilterVerdict.Open : lastAllows ? FilterVerdict.Rejected : FilterVerdict.Allowed;
    }

    private static bool IsWithin(AddressRange filter, ulong start, ulong alignment, ref ulong end)
    {
        ulong from = DamonArithmetic.AlignDown(filter.Start, alignment);
        ulong to = DamonArithmetic.AlignDown(filter.End, alignment);
        if (start >= to || end <= from)
        {
            return false;
        }

        bool isWithin = start >= from;
        end = Math.Min(end, isWithin ? to : from);
        return isWithin;
    }
}
