using System.Collections.ObjectModel;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>The table: one row per region, its columns and how they are filled from a snapshot.</summary>
internal sealed class SnapshotColumns
{
    private readonly List<ColumnWriter> _all = [];
    private readonly ValueColumn _timestamp;
    private readonly ValueColumn _monotonicNs;
    private readonly DictionaryColumn _kdamond;
    private readonly ValueColumn _kdamondTid;
    private readonly ValueColumn _cpu;
    private readonly ValueColumn _targetId;
    private readonly ValueColumn _pid;
    private readonly ValueColumn _snapshot;
    private readonly ValueColumn _region;
    private readonly ValueColumn _nrRegions;
    private readonly ValueColumn _start;
    private readonly ValueColumn _end;
    private readonly ValueColumn _nrAccesses;
    private readonly ValueColumn _age;
    private readonly ValueColumn _sampleUs;
    private readonly ValueColumn _aggrUs;
    private readonly ValueColumn _beginNs;
    private readonly ValueColumn _endNs;
    private readonly ValueColumn _complete;
    private readonly ValueColumn _nrSamples;
    private readonly ValueColumn _nrUnclearable;
    private readonly ValueColumn _nrUnprepared;

    internal SnapshotColumns(PageCompressor compressor, int pageRows)
    {
        ValueColumn Add(string name, ColumnKind kind, bool optional = false)
        {
            ValueColumn column = new(new ColumnSchema(name, kind, optional), compressor, pageRows);
            _all.Add(column);
            return column;
        }

        _timestamp = Add("timestamp", ColumnKind.Timestamp, optional: true);
        _monotonicNs = Add("monotonic_ns", ColumnKind.Int64);
        _kdamond = new DictionaryColumn(new ColumnSchema("kdamond", ColumnKind.String), compressor);
        _all.Add(_kdamond);
        _kdamondTid = Add("kdamond_tid", ColumnKind.Int32);
        _cpu = Add("cpu", ColumnKind.Int32, optional: true);
        _targetId = Add("target_id", ColumnKind.UInt64);
        _pid = Add("pid", ColumnKind.Int32, optional: true);
        _snapshot = Add("snapshot", ColumnKind.UInt64);
        _region = Add("region", ColumnKind.UInt32);
        _nrRegions = Add("nr_regions", ColumnKind.UInt32);
        _start = Add("start", ColumnKind.UInt64);
        _end = Add("end", ColumnKind.UInt64);
        _nrAccesses = Add("nr_accesses", ColumnKind.UInt32);
        _age = Add("age", ColumnKind.UInt32);
        _sampleUs = Add("sample_us", ColumnKind.UInt64, optional: true);
        _aggrUs = Add("aggr_us", ColumnKind.UInt64, optional: true);
        _beginNs = Add("begin_ns", ColumnKind.Int64, optional: true);
        _endNs = Add("end_ns", ColumnKind.Int64, optional: true);
        _complete = Add("complete", ColumnKind.Boolean);
        _nrSamples = Add("nr_samples", ColumnKind.UInt32, optional: true);
        _nrUnclearable = Add("nr_unclearable", ColumnKind.UInt32, optional: true);
        _nrUnprepared = Add("nr_unprepared", ColumnKind.UInt32, optional: true);
    }

    internal ReadOnlyCollection<ColumnWriter> All => _all.AsReadOnly();

    /// <summary>
    /// Appends some of a snapshot's regions, which must fit into the page. Bound by copying 8 columns of values; no
    /// allocation.
    /// </summary>
    internal void Append(Snapshot snapshot, int first, int rows)
    {
        AppendShared(snapshot, rows);
        ReadOnlySpan<RegionEvent> regions = snapshot.Regions.Slice(first, rows);
        AppendTimes(regions, snapshot.WallOffsetNs);
        AppendCpus(regions);
        Span<ulong> index = _region.Append(rows);
        Span<ulong> start = _start.Append(rows);
        Span<ulong> end = _end.Append(rows);
        Span<ulong> nrAccesses = _nrAccesses.Append(rows);
        Span<ulong> age = _age.Append(rows);
        for (int i = 0; i < rows; i++)
        {
            ref readonly RegionEvent region = ref regions[i];
            index[i] = (uint)(first + i);
            start[i] = region.Start;
            end[i] = region.End;
            nrAccesses[i] = region.NrAccesses;
            age[i] = region.Age;
        }
    }

    /// <summary>What all regions of a snapshot have in common.</summary>
    private void AppendShared(Snapshot snapshot, int rows)
    {
        _kdamond.AppendRun(snapshot.Kdamond, rows);
        _kdamondTid.AppendRun((ulong)snapshot.KdamondTid, rows);
        _targetId.AppendRun(snapshot.TargetId, rows);
        Append(_pid, (ulong?)snapshot.Pid, rows);
        _snapshot.AppendRun(snapshot.Number, rows);
        _nrRegions.AppendRun(snapshot.NrRegions, rows);
        Append(_sampleUs, snapshot.SampleUs, rows);
        Append(_aggrUs, snapshot.AggrUs, rows);
        Append(_beginNs, (ulong?)snapshot.BeginNs, rows);
        Append(_endNs, (ulong?)snapshot.EndNs, rows);
        _complete.AppendRun(snapshot.Complete ? 1u : 0u, rows);
        Append(_nrSamples, snapshot.NrSamples, rows);
        Append(_nrUnclearable, snapshot.NrUnclearable, rows);
        Append(_nrUnprepared, snapshot.NrUnprepared, rows);
    }

    private void AppendTimes(ReadOnlySpan<RegionEvent> regions, long? wallOffsetNs)
    {
        Span<ulong> monotonic = _monotonicNs.Append(regions.Length);
        for (int i = 0; i < regions.Length; i++)
        {
            monotonic[i] = (ulong)regions[i].TimestampNs;
        }

        if (wallOffsetNs is not { } offset)
        {
            _timestamp.AppendNulls(regions.Length);
            return;
        }

        Span<ulong> wall = _timestamp.Append(regions.Length);
        for (int i = 0; i < regions.Length; i++)
        {
            wall[i] = monotonic[i] + (ulong)offset;
        }
    }

    /// <summary>A kdamond rarely moves while it reports: runs. A negative cpu is one the source did not tell.</summary>
    private void AppendCpus(ReadOnlySpan<RegionEvent> regions)
    {
        for (int i = 0; i < regions.Length;)
        {
            int cpu = regions[i].Cpu;
            int begin = i++;
            while (i < regions.Length && regions[i].Cpu == cpu)
            {
                i++;
            }

            Append(_cpu, cpu < 0 ? null : (ulong)cpu, i - begin);
        }
    }

    private static void Append(ValueColumn column, ulong? value, int rows)
    {
        if (value is { } known)
        {
            column.AppendRun(known, rows);
        }
        else
        {
            column.AppendNulls(rows);
        }
    }
}
