namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>What every row of every table but regions begins with: which recording, and when.</summary>
internal sealed class RowHead
{
    private readonly DictionaryColumn _recording;
    private readonly ValueColumn _timestamp;
    private readonly long _nsPerUnit;
    private readonly ValueColumn _monotonicNs;

    internal RowHead(ColumnSet columns)
    {
        _recording = columns.AddText("recording");
        _timestamp = columns.AddTimestamp("timestamp");
        _nsPerUnit = columns.NsPerUnit;
        _monotonicNs = columns.Add("monotonic_ns", ColumnKind.Int64);
    }

    internal void Append(string recording, Moment moment)
    {
        _recording.AppendRun(recording, 1);
        _timestamp.AppendRunOrNulls((ulong?)(moment.WallNs / _nsPerUnit), 1);
        _monotonicNs.AppendRun((ulong)moment.MonotonicNs, 1);
    }
}
