using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>The columns of a table with one row per region, and how they are filled from a snapshot.</summary>
internal sealed class SnapshotColumns
{
    private readonly ValueColumn _timestamp;
    private readonly long _nsPerUnit;
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
    private readonly ValueColumn _nrLate;
    private readonly ValueColumn _nrMissed;
    private readonly ValueColumn _windowsNs;
    private readonly ValueColumn _residentBytes;
    private readonly ValueColumn _unknownBytes;
    private readonly ValueColumn _touchedBytes;
    private readonly ValueColumn _touchedErrorBytes;
    private readonly ValueColumn _writeShare;
    private readonly ValueColumn _writeLooks;

    internal SnapshotColumns(ColumnSet columns)
    {
        _timestamp = columns.AddTimestamp("timestamp");
        _nsPerUnit = columns.NsPerUnit;
        _monotonicNs = columns.Add("monotonic_ns", ColumnKind.Int64);
        _kdamond = columns.AddText("kdamond");
        _kdamondTid = columns.Add("kdamond_tid", ColumnKind.Int32);
        _cpu = columns.Add("cpu", ColumnKind.Int32, optional: true);
        _targetId = columns.Add("target_id", ColumnKind.UInt64);
        _pid = columns.Add("pid", ColumnKind.Int32, optional: true);
        _snapshot = columns.Add("snapshot", ColumnKind.UInt64);
        _region = columns.Add("region", ColumnKind.UInt32);
        _nrRegions = columns.Add("nr_regions", ColumnKind.UInt32);
        _start = columns.Add("start", ColumnKind.UInt64, recurs: true);
        _end = columns.Add("end", ColumnKind.UInt64, recurs: true);
        _nrAccesses = columns.Add("nr_accesses", ColumnKind.UInt32);
        _age = columns.Add("age", ColumnKind.UInt32);
        _sampleUs = columns.Add("sample_us", ColumnKind.UInt64, optional: true);
        _aggrUs = columns.Add("aggr_us", ColumnKind.UInt64, optional: true);
        _beginNs = columns.Add("begin_ns", ColumnKind.Int64, optional: true);
        _endNs = columns.Add("end_ns", ColumnKind.Int64, optional: true);
        _complete = columns.Add("complete", ColumnKind.Boolean);
        _nrSamples = columns.Add("nr_samples", ColumnKind.UInt32, optional: true);
        _nrUnclearable = columns.Add("nr_unclearable", ColumnKind.UInt32, optional: true);
        _nrUnprepared = columns.Add("nr_unprepared", ColumnKind.UInt32, optional: true);
        _nrLate = columns.Add("nr_late", ColumnKind.UInt32, optional: true);
        _nrMissed = columns.Add("nr_missed", ColumnKind.UInt32, optional: true);
        _windowsNs = columns.Add("windows_ns", ColumnKind.UInt64, optional: true);
        _residentBytes = columns.Add("resident_bytes", ColumnKind.UInt64, optional: true, recurs: true);
        _unknownBytes = columns.Add("unknown_bytes", ColumnKind.UInt64, optional: true);
        _touchedBytes = columns.Add("touched_bytes", ColumnKind.Float, optional: true, recurs: true);
        _touchedErrorBytes = columns.Add("touched_error_bytes", ColumnKind.Float, optional: true, recurs: true);
        _writeShare = columns.Add("write_share", ColumnKind.Float, optional: true);
        _writeLooks = columns.Add("write_looks", ColumnKind.Float, optional: true);
    }

    /// <summary>
    /// Appends some of a snapshot's regions, which must fit into the page. Bound by copying 9 columns of values; no
    /// allocation.
    /// </summary>
    internal void Append(Snapshot snapshot, WriteShares writes, int first, int rows)
    {
        AppendShared(snapshot, rows);
        ReadOnlySpan<RegionEvent> regions = snapshot.Regions.Slice(first, rows);
        _region.AppendNumbers((uint)first, rows);
        Span<ulong> monotonic = _monotonicNs.Append(rows);
        Span<ulong> start = _start.Append(rows);
        Span<ulong> end = _end.Append(rows);
        Span<ulong> nrAccesses = _nrAccesses.Append(rows);
        Span<ulong> age = _age.Append(rows);
        int cpu = regions[0].Cpu;
        int otherCpus = 0;
        for (int i = 0; i < rows; i++)
        {
            ref readonly RegionEvent region = ref regions[i];
            otherCpus |= region.Cpu ^ cpu;
            monotonic[i] = (ulong)region.TimestampNs;
            start[i] = region.Start;
            end[i] = region.End;
            nrAccesses[i] = region.NrAccesses;
            age[i] = region.Age;
        }

        if (otherCpus == 0)
        {
            AppendCpu(cpu, rows);
        }
        else
        {
            AppendCpus(regions);
        }

        AppendWallClock(monotonic, snapshot.WallOffsetNs);
        AppendEstimates(snapshot.Estimates, first, rows);
        AppendWrites(writes, first, rows);
    }

    /// <summary>
    /// All of a snapshot or none: a reader leaves none out. Pages times a power of two: no fraction is rounded, so that it can be read
    /// back.
    /// </summary>
    private void AppendEstimates(ReadOnlySpan<RegionEstimateRecord> estimates, int first, int rows)
    {
        if (estimates.IsEmpty)
        {
            _residentBytes.AppendNulls(rows);
            _unknownBytes.AppendNulls(rows);
            _touchedBytes.AppendNulls(rows);
            _touchedErrorBytes.AppendNulls(rows);
            return;
        }

        Span<ulong> resident = _residentBytes.Append(rows);
        Span<ulong> touched = _touchedBytes.Append(rows);
        Span<ulong> error = _touchedErrorBytes.Append(rows);
        uint unknown = 0;
        for (int i = 0; i < rows; i++)
        {
            ref readonly RegionEstimateRecord estimate = ref estimates[first + i];
            resident[i] = (ulong)estimate.ResidentPages * RegionEstimateRecord.PageBytes;
            unknown |= estimate.UnknownPages;
            touched[i] = BitConverter.SingleToUInt32Bits(estimate.TouchedPages * RegionEstimateRecord.PageBytes);
            error[i] = BitConverter.SingleToUInt32Bits(estimate.TouchedErrorPages * RegionEstimateRecord.PageBytes);
        }

        AppendUnknown(estimates.Slice(first, rows), any: unknown != 0);
    }

    private void AppendUnknown(ReadOnlySpan<RegionEstimateRecord> estimates, bool any)
    {
        if (!any)
        {
            _unknownBytes.AppendRun(0, estimates.Length);
            return;
        }

        Span<ulong> unknown = _unknownBytes.Append(estimates.Length);
        for (int i = 0; i < unknown.Length; i++)
        {
            unknown[i] = (ulong)estimates[i].UnknownPages * RegionEstimateRecord.PageBytes;
        }
    }

    private void AppendWrites(WriteShares writes, int first, int rows)
    {
        if (!writes.Any)
        {
            _writeShare.AppendNulls(rows);
            _writeLooks.AppendNulls(rows);
            return;
        }

        for (int i = first; i < first + rows; i++)
        {
            _writeShare.AppendRunOrNulls(Bits(writes.Share(i)), 1);
            _writeLooks.AppendRunOrNulls(Bits(writes.Looks(i)), 1);
        }
    }

    private static ulong? Bits(float? value) => value is { } known ? BitConverter.SingleToUInt32Bits(known) : null;

    /// <summary>What all regions of a snapshot have in common.</summary>
    private void AppendShared(Snapshot snapshot, int rows)
    {
        _kdamond.AppendRun(snapshot.Kdamond, rows);
        _kdamondTid.AppendRun((ulong)snapshot.KdamondTid, rows);
        _targetId.AppendRun(snapshot.TargetId, rows);
        _pid.AppendRunOrNulls((ulong?)snapshot.Pid, rows);
        _snapshot.AppendRun(snapshot.Number, rows);
        _nrRegions.AppendRun(snapshot.NrRegions, rows);
        _sampleUs.AppendRunOrNulls(snapshot.SampleUs, rows);
        _aggrUs.AppendRunOrNulls(snapshot.AggrUs, rows);
        _beginNs.AppendRunOrNulls((ulong?)snapshot.BeginNs, rows);
        _endNs.AppendRunOrNulls((ulong?)snapshot.EndNs, rows);
        _complete.AppendRun(snapshot.Complete ? 1u : 0u, rows);
        _nrSamples.AppendRunOrNulls(snapshot.NrSamples, rows);
        _nrUnclearable.AppendRunOrNulls(snapshot.NrUnclearable, rows);
        _nrUnprepared.AppendRunOrNulls(snapshot.NrUnprepared, rows);
        _nrLate.AppendRunOrNulls(snapshot.NrLate, rows);
        _nrMissed.AppendRunOrNulls(snapshot.NrMissed, rows);
        _windowsNs.AppendRunOrNulls(snapshot.WindowsNs, rows);
    }

    private void AppendWallClock(ReadOnlySpan<ulong> monotonic, long? wallOffsetNs)
    {
        if (wallOffsetNs is not { } offset)
        {
            _timestamp.AppendNulls(monotonic.Length);
            return;
        }

        Span<ulong> wall = _timestamp.Append(monotonic.Length);
        for (int i = 0; i < wall.Length; i++)
        {
            wall[i] = unchecked(monotonic[i] + (ulong)offset);
        }

        if (_nsPerUnit > 1)
        {
            for (int i = 0; i < wall.Length; i++)
            {
                wall[i] = (ulong)((long)wall[i] / _nsPerUnit);
            }
        }
    }

    /// <summary>A kdamond rarely moves while it reports: runs.</summary>
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

            AppendCpu(cpu, i - begin);
        }
    }

    /// <summary>A negative one the source did not tell.</summary>
    private void AppendCpu(int cpu, int rows) => _cpu.AppendRunOrNulls(cpu < 0 ? null : (ulong?)cpu, rows);
}
