using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Table <c>recordings</c>: one row for each, with everything that is missing from it.</summary>
internal sealed class RecordingsTable
{
    private readonly RowHead _head;
    private readonly ValueColumn _endMonotonicNs;
    private readonly ValueColumn _snapshots;
    private readonly ValueColumn _incompleteSnapshots;
    private readonly ValueColumn _events;
    private readonly ValueColumn _lostEvents;
    private readonly ValueColumn _lateChecks;
    private readonly ValueColumn _missedChecks;
    private readonly DictionaryColumn _truncation;
    private readonly DataSetFile _file;

    internal RecordingsTable(TableFactory factory)
    {
        ColumnSet columns = factory.Columns();
        _head = new RowHead(columns);
        _endMonotonicNs = columns.Add("end_monotonic_ns", ColumnKind.Int64);
        _snapshots = columns.Add("snapshots", ColumnKind.Int64);
        _incompleteSnapshots = columns.Add("incomplete_snapshots", ColumnKind.Int64);
        _events = columns.Add("events", ColumnKind.Int64);
        _lostEvents = columns.Add("lost_events", ColumnKind.Int64);
        _lateChecks = columns.Add("late_checks", ColumnKind.UInt64, optional: true);
        _missedChecks = columns.Add("missed_checks", ColumnKind.UInt64, optional: true);
        _truncation = columns.AddText("truncation", optional: true);
        _file = factory.Create("recordings", columns);
    }

    internal void Append(string recording, Moment first, Moment last, RecordingEnd end, Heartbeat? heartbeat)
    {
        _head.Append(recording, first);
        _endMonotonicNs.AppendRun((ulong)last.MonotonicNs, 1);
        _snapshots.AppendRun((ulong)end.Snapshots, 1);
        _incompleteSnapshots.AppendRun((ulong)end.IncompleteSnapshots, 1);
        _events.AppendRun((ulong)end.Events, 1);
        _lostEvents.AppendRun((ulong)end.LostEvents, 1);
        _lateChecks.AppendRunOrNulls(heartbeat?.NrLate, 1);
        _missedChecks.AppendRunOrNulls(heartbeat?.NrMissed, 1);
        if (end.Truncation is { } truncation)
        {
            _truncation.AppendRun(truncation, 1);
        }
        else
        {
            _truncation.AppendNulls(1);
        }

        _file.Advance(1);
    }
}
