using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>Where the fields of an event of schemes are in its record, found by name.</summary>
internal sealed class SchemeFields
{
    private static readonly string[] s_region = ["target_idx", "nr_regions", "start", "end", "nr_accesses", "age"];

    private static readonly string[] s_counters =
        ["nr_tried", "sz_tried", "nr_applied", "sz_applied", "sz_ops_filter_passed", "qt_exceeds", "nr_snapshots"];

    private readonly EventField _context;
    private readonly EventField _scheme;
    private readonly EventField?[] _values;

    private SchemeFields(SchemeEventKind kind, EventField context, EventField scheme, EventField?[] values)
    {
        Kind = kind;
        _context = context;
        _scheme = scheme;
        _values = values;
        Bytes = Math.Max(Math.Max(context.End, scheme.End), values.Max(field => field?.End ?? 0));
    }

    internal SchemeEventKind Kind { get; }

    /// <summary>Bytes a record has at least.</summary>
    internal int Bytes { get; }

    /// <summary>Null when a field it cannot do without is missing: of the counters any may be, kernels differ.</summary>
    internal static SchemeFields? Find(EventFormat format, SchemeEventKind kind)
    {
        string[] names = kind switch
        {
            SchemeEventKind.BeforeApply => s_region,
            SchemeEventKind.EffectiveQuota => ["esz"],
            _ => s_counters,
        };
        EventField?[] values = [.. names.Select(name => format.Field(name) is { IsNumber: true } field ? field : (EventField?)null)];
        bool enough = kind == SchemeEventKind.Statistics ? values.Any(field => field is not null) : values.All(field => field is not null);
        return enough && format.Field("context_idx") is { IsNumber: true } context && format.Field("scheme_idx") is { IsNumber: true } scheme
            ? new SchemeFields(kind, context, scheme, values)
            : null;
    }

    /// <summary>The caller has compared the record's length with <see cref="Bytes"/>.</summary>
    internal SchemeEvent Read(ReadOnlySpan<byte> record)
    {
        SchemeEvent read = new()
        {
            Kind = Kind,
            ContextIndex = (uint)_context.Read(record),
            SchemeIndex = (uint)_scheme.Read(record),
        };
        Span<ulong?> values = stackalloc ulong?[SchemeStatistics.Count];
        values.Clear();
        for (int i = 0; i < _values.Length; i++)
        {
            values[i] = _values[i]?.Read(record);
        }

        switch (Kind)
        {
            case SchemeEventKind.BeforeApply:
                read.Region.TargetId = values[0]!.Value;
                read.Region.NrRegions = (uint)values[1]!.Value;
                read.Region.Start = values[2]!.Value;
                read.Region.End = values[3]!.Value;
                read.Region.NrAccesses = (uint)values[4]!.Value;
                read.Region.Age = (uint)values[5]!.Value;
                break;
            case SchemeEventKind.EffectiveQuota:
                read.EffectiveBytes = values[0]!.Value;
                break;
            default:
                read.Statistics = SchemeStatistics.From(values);
                break;
        }

        return read;
    }
}
