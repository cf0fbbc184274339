using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes.Documents;

/// <summary>A filter as an object. damo has no filters by mapping, file or code; those are ours.</summary>
internal static class FilterObject
{
    internal static SchemeFilter Read(SchemeNode node)
    {
        node.RequireKeys("filter_type", "type", "matching", "allow", "filter_pass", "memcg_path", "address_range", "damon_target_idx", "hugepage_size", "mapping", "name");
        SchemeNode type = node.Find("filter_type") ?? node.Require("type");
        FilterKind kind = SchemeText.FindFilter(type.RequireText()) ?? throw type.Unexpected($"a kind of memory: {string.Join(", ", SchemeText.FilterNames)}");
        var filter = new SchemeFilter
        {
            Kind = kind,
            Matching = node.Find("matching")?.Truth() ?? true,
            Allow = (node.Find("allow") ?? node.Find("filter_pass"))?.Truth() ?? false,
        };
        return kind switch
        {
            FilterKind.Address => filter with { Range = Range(node.Require("address_range")) },
            FilterKind.Target => filter with { TargetIndex = node.Require("damon_target_idx").Word().WholeNumber() },
            FilterKind.Mapping => filter with { Name = node.Require("mapping").RequireText() },
            FilterKind.Memcg => filter with { Name = node.Require("memcg_path").RequireText() },
            FilterKind.HugePageSize => WithSizes(filter, node.Require("hugepage_size")),
            _ => filter,
        };
    }

    private static AddressRange Range(SchemeNode node)
    {
        ulong start = node.Require("start").Word().Address();
        ulong end = node.Require("end").Word().Address();
        return start < end ? new AddressRange(start, end) : throw node.Unexpected("a start below its end");
    }

    private static SchemeFilter WithSizes(SchemeFilter filter, SchemeNode node) => node.RequireItems() is [SchemeNode min, SchemeNode max]
        ? filter with { MinSize = min.Word().Size(), MaxSize = max.Word().Size() }
        : throw node.Unexpected("two sizes, e.g. [2M, 2M]");
}
