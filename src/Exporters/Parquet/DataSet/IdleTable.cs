using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Table <c>idle</c>: for how long the memory of each mapping had been idle at this time, by pages that are followed.</summary>
internal sealed class IdleTable
{
    private readonly RowHead _head;
    private readonly ValueColumn _targetId;
    private readonly ValueColumn _sinceNs;
    private readonly ValueColumn _shortNs;
    private readonly ValueColumn _longNs;
    private readonly ValueColumn _generation;
    private readonly ValueColumn _mapping;
    private readonly ValueColumn _residentBytes;
    private readonly ValueColumn _pagesUnknown;
    private readonly ValueColumn[] _pages = new ValueColumn[IdleBuckets.Count];
    private readonly DataSetFile _file;

    internal IdleTable(TableFactory factory)
    {
        ColumnSet columns = factory.Columns();
        _head = new RowHead(columns);
        _targetId = columns.Add("target_id", ColumnKind.UInt64);
        _sinceNs = columns.Add("since_ns", ColumnKind.Int64);
        _shortNs = columns.Add("short_ns", ColumnKind.UInt64);
        _longNs = columns.Add("long_ns", ColumnKind.UInt64);
        _generation = columns.Add("generation", ColumnKind.UInt32);
        _mapping = columns.Add("mapping", ColumnKind.UInt32, optional: true);
        _residentBytes = columns.Add("resident_bytes", ColumnKind.UInt64);
        _pagesUnknown = columns.Add("pages_unknown", ColumnKind.UInt32);
        for (int bucket = 0; bucket < IdleBuckets.Count; bucket++)
        {
            _pages[bucket] = columns.Add(NameOf(bucket), ColumnKind.UInt32);
        }

        _file = factory.Create("idle", columns);
    }

    internal void Append(string recording, Moment moment, in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        foreach (ref readonly IdleRecord record in records)
        {
            _head.Append(recording, moment);
            _targetId.AppendRun(idle.TargetId, 1);
            _sinceNs.AppendRun(idle.SinceNs, 1);
            _shortNs.AppendRun(idle.ShortNs, 1);
            _longNs.AppendRun(idle.LongNs, 1);
            _generation.AppendRun(idle.Generation, 1);
            _mapping.AppendRunOrNulls(record.Mapping == IdleRecord.OtherMappings ? null : record.Mapping, 1);
            _residentBytes.AppendRun((ulong)record.ResidentPages * RegionEstimateRecord.PageBytes, 1);
            _pagesUnknown.AppendRun(record.NrUnknown, 1);
            for (int bucket = 0; bucket < IdleBuckets.Count; bucket++)
            {
                _pages[bucket].AppendRun(record.NrPages[bucket], 1);
            }

            _file.Advance(1);
        }
    }

    /// <summary><c>pages_100ms</c>, <c>pages_1s</c>, ..., <c>pages_longer</c>: the upper bound of the bucket.</summary>
    private static string NameOf(int bucket)
    {
        if (bucket == IdleBuckets.NrBounds)
        {
            return "pages_longer";
        }

        ulong ms = IdleBuckets.BoundsMs[bucket];
        return ms < 1000 ? string.Create(null, $"pages_{ms}ms") : string.Create(null, $"pages_{ms / 1000}s");
    }
}
