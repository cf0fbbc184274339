using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using NetParquet = global::Parquet;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>The columns of <see cref="SnapshotColumns"/>, row group by row group, and how snapshots are made of them.</summary>
internal sealed class RegionColumns
{
    private readonly NumberColumn<long> _monotonicNs = new("monotonic_ns");
    private readonly TextColumn _kdamond = new("kdamond");
    private readonly NumberColumn<int> _kdamondTid = new("kdamond_tid");
    private readonly NumberColumn<int> _cpu = new("cpu");
    private readonly NumberColumn<ulong> _targetId = new("target_id");
    private readonly NumberColumn<int> _pid = new("pid");
    private readonly NumberColumn<ulong> _snapshot = new("snapshot");
    private readonly NumberColumn<uint> _region = new("region");
    private readonly NumberColumn<uint> _nrRegions = new("nr_regions");
    private readonly NumberColumn<ulong> _start = new("start");
    private readonly NumberColumn<ulong> _end = new("end");
    private readonly NumberColumn<uint> _nrAccesses = new("nr_accesses");
    private readonly NumberColumn<uint> _age = new("age");
    private readonly NumberColumn<ulong> _sampleUs = new("sample_us");
    private readonly NumberColumn<ulong> _aggrUs = new("aggr_us");
    private readonly NumberColumn<long> _beginNs = new("begin_ns");
    private readonly NumberColumn<long> _endNs = new("end_ns");
    private readonly NumberColumn<bool> _complete = new("complete");
    private readonly NumberColumn<uint> _nrSamples = new("nr_samples");
    private readonly NumberColumn<uint> _nrUnclearable = new("nr_unclearable");
    private readonly NumberColumn<uint> _nrUnprepared = new("nr_unprepared");
    private readonly NumberColumn<uint> _nrLate = new("nr_late");
    private readonly NumberColumn<uint> _nrMissed = new("nr_missed");
    private readonly NumberColumn<ulong> _windowsNs = new("windows_ns");
    private readonly NumberColumn<ulong> _residentBytes = new("resident_bytes");
    private readonly NumberColumn<ulong> _unknownBytes = new("unknown_bytes");
    private readonly NumberColumn<float> _touchedBytes = new("touched_bytes");
    private readonly NumberColumn<float> _touchedErrorBytes = new("touched_error_bytes");
    private readonly NumberColumn<DateTime> _timestamp = new("timestamp");
    private readonly InputColumn[] _all;
    private RegionEstimateRecord[] _estimates = [];
    private int _rows;

    /// <param name="schema">The file's.</param>
    /// <param name="needsWallClock">Whether the wall clock is to be had from the timestamps only.</param>
    /// <exception cref="RecordingFormatException">Columns are missing, or have another type.</exception>
    internal RegionColumns(NetParquet.Schema.ParquetSchema schema, bool needsWallClock)
    {
        InputColumn[] columns =
        [
            _monotonicNs, _kdamond, _kdamondTid, _cpu, _targetId, _pid, _snapshot, _region, _nrRegions, _start, _end, _nrAccesses, _age,
            _sampleUs, _aggrUs, _beginNs, _endNs, _complete, _nrSamples, _nrUnclearable, _nrUnprepared, _nrLate, _nrMissed, _windowsNs,
            _residentBytes, _unknownBytes, _touchedBytes, _touchedErrorBytes,
        ];
        _all = needsWallClock ? [.. columns, _timestamp] : columns;
        foreach (InputColumn column in _all)
        {
            column.Find(schema);
        }

        string[] missing = [.. _all.Where(column => column.Field is null).Select(column => column.Name)];
        if (missing.Length > 0)
        {
            throw new RecordingFormatException(
                $"the Parquet file has no column {string.Join(", ", missing)}; hint: give the recording, or what 'damon-trace export -o x.parquet' made of it");
        }
    }

    /// <summary>Bound by Parquet.Net's decoding of the columns whose values differ, a dozen.</summary>
    internal void Load(Stream file, NetParquet.ParquetRowGroupReader group, int rows, CancellationToken cancellation)
    {
        _rows = rows;
        foreach (InputColumn column in _all)
        {
            cancellation.ThrowIfCancellationRequested();
            column.Load(file, group, rows, cancellation);
        }
    }

    /// <summary>Whether a snapshot begins in this row: regions are counted from 0.</summary>
    internal bool BeginsSnapshot(int row) => _region[row] == 0;

    /// <summary>Fills in what the rows of a snapshot have in common.</summary>
    internal void Begin(Snapshot snapshot, int row)
    {
        snapshot.Clear();
        snapshot.Kdamond = _kdamond[row];
        snapshot.KdamondTid = _kdamondTid[row] ?? 0;
        snapshot.TargetId = _targetId[row] ?? 0;
        snapshot.Pid = _pid[row];
        snapshot.Number = _snapshot[row] ?? 0;
        snapshot.NrRegions = _nrRegions[row] ?? 0;
        snapshot.SampleUs = _sampleUs[row];
        snapshot.AggrUs = _aggrUs[row];
        snapshot.BeginNs = _beginNs[row];
        snapshot.EndNs = _endNs[row];
        snapshot.Complete = _complete[row] ?? false;
        snapshot.NrSamples = _nrSamples[row];
        snapshot.NrUnclearable = _nrUnclearable[row];
        snapshot.NrUnprepared = _nrUnprepared[row];
        snapshot.NrLate = _nrLate[row];
        snapshot.NrMissed = _nrMissed[row];
        snapshot.WindowsNs = _windowsNs[row];
    }

    /// <summary>Wall clock minus the recording's, as the timestamp of a row tells it, to 100 ns.</summary>
    internal long? WallOffsetNs(int row) => _timestamp[row] is { } time && _monotonicNs[row] is { } monotonic
        ? ((time - DateTime.UnixEpoch).Ticks * 100) - monotonic
        : null;

    /// <summary>Appends the regions from <paramref name="row"/> on that belong to the snapshot; returns the row behind them.</summary>
    internal int Append(Snapshot snapshot, int row)
    {
        ReadOnlySpan<uint> index = _region.Values(_rows);
        int end = row + 1;
        while (end < index.Length && index[end] != 0)
        {
            end++;
        }

        ReadOnlySpan<long> times = _monotonicNs.Values(_rows);
        ReadOnlySpan<ulong> starts = _start.Values(_rows);
        ReadOnlySpan<ulong> ends = _end.Values(_rows);
        ReadOnlySpan<uint> accesses = _nrAccesses.Values(_rows);
        ReadOnlySpan<uint> ages = _age.Values(_rows);
        for (int i = row; i < end; i++)
        {
            snapshot.Add(new RegionEvent
            {
                TimestampNs = times[i],
                Cpu = _cpu[i] ?? -1,
                Start = starts[i],
                End = ends[i],
                NrAccesses = accesses[i],
                Age = ages[i],
            });
        }

        AppendEstimates(snapshot, row, end);
        return end;
    }

    /// <summary>All of a snapshot has estimates or nothing of it.</summary>
    private void AppendEstimates(Snapshot snapshot, int row, int end)
    {
        if (_residentBytes[row] is null)
        {
            return;
        }

        if (_estimates.Length < end - row)
        {
            _estimates = new RegionEstimateRecord[Math.Max(end - row, 2 * _estimates.Length)];
        }

        for (int i = row; i < end; i++)
        {
            _estimates[i - row] = new RegionEstimateRecord
            {
                ResidentPages = (uint)((_residentBytes[i] ?? 0) / RegionEstimateRecord.PageBytes),
                UnknownPages = (uint)((_unknownBytes[i] ?? 0) / RegionEstimateRecord.PageBytes),
                TouchedPages = (_touchedBytes[i] ?? 0) / RegionEstimateRecord.PageBytes,
                TouchedErrorPages = (_touchedErrorBytes[i] ?? 0) / RegionEstimateRecord.PageBytes,
            };
        }

        snapshot.AddEstimates(_estimates.AsSpan(0, end - row));
    }
}
