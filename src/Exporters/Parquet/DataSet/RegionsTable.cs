using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Table <c>regions</c>: the columns of the single file, and two to join with.</summary>
internal sealed class RegionsTable
{
    private readonly SnapshotColumns _snapshot;
    private readonly DictionaryColumn _recording;
    private readonly ValueColumn _generation;
    private readonly DataSetFile _file;

    internal RegionsTable(TableFactory factory)
    {
        ColumnSet columns = factory.Columns();
        _snapshot = new SnapshotColumns(columns);
        _recording = columns.AddText("recording");
        _generation = columns.Add("generation", ColumnKind.UInt32, optional: true);
        _file = factory.Create("regions", columns);
    }

    /// <summary>Bound by encoding and compressing the columns; no allocation per row.</summary>
    internal void Append(string recording, Snapshot snapshot, uint? generation)
    {
        for (int first = 0; first < snapshot.Count;)
        {
            int rows = Math.Min(snapshot.Count - first, _file.Room);
            _snapshot.Append(snapshot, first, rows);
            _recording.AppendRun(recording, rows);
            _generation.AppendRunOrNulls(generation, rows);
            _file.Advance(rows);
            first += rows;
        }
    }
}
