using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Table <c>regions</c>: the columns of the single file, and two to join with.</summary>
internal sealed class RegionsTable
{
    private readonly SnapshotColumns _snapshot;
    private readonly DictionaryColumn _recording;
    private readonly ValueColumn _generation;
    private readonly AnnexWriter _annex;
    private readonly DataSetFile _file;

    /// <param name="factory">Makes its file.</param>
    /// <param name="annex">What of the recording is no row of this table.</param>
    /// <param name="part">Which of the recording's files it is.</param>
    internal RegionsTable(TableFactory factory, AnnexWriter annex, int part)
    {
        _annex = annex;
        ColumnSet columns = factory.Columns();
        _snapshot = new SnapshotColumns(columns);
        _recording = columns.AddText("recording");
        _generation = columns.Add("generation", ColumnKind.UInt32, optional: true);
        _file = factory.Create("regions", columns, (annex, part));
    }

    /// <summary>Bound by encoding and compressing the columns; no allocation per row.</summary>
    internal void Append(string recording, Snapshot snapshot, WriteShares writes, uint? generation)
    {
        _annex.Add(snapshot);
        _annex.Row += snapshot.Count;
        if (_annex.IsFull)
        {
            _file.FlushAnnex();
        }

        for (int first = 0; first < snapshot.Count;)
        {
            int rows = Math.Min(snapshot.Count - first, _file.Room);
            _snapshot.Append(snapshot, writes, first, rows);
            _recording.AppendRun(recording, rows);
            _generation.AppendRunOrNulls(generation, rows);
            _file.Advance(rows);
            first += rows;
        }
    }
}
