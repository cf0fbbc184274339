using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Table <c>footprint</c>: what memory a target held at this time.</summary>
internal sealed class FootprintTable
{
    private readonly RowHead _head;
    private readonly ValueColumn _targetId;
    private readonly ValueColumn _vszBytes;
    private readonly ValueColumn _rssBytes;
    private readonly ValueColumn _pssBytes;
    private readonly ValueColumn _swapBytes;
    private readonly DataSetFile _file;

    internal FootprintTable(TableFactory factory)
    {
        ColumnSet columns = factory.Columns();
        _head = new RowHead(columns);
        _targetId = columns.Add("target_id", ColumnKind.UInt64);
        _vszBytes = columns.Add("vsz_bytes", ColumnKind.UInt64, optional: true);
        _rssBytes = columns.Add("rss_bytes", ColumnKind.UInt64, optional: true);
        _pssBytes = columns.Add("pss_bytes", ColumnKind.UInt64, optional: true);
        _swapBytes = columns.Add("swap_bytes", ColumnKind.UInt64, optional: true);
        _file = factory.Create("footprint", columns);
    }

    internal void Append(string recording, Moment moment, in Footprint footprint)
    {
        _head.Append(recording, moment);
        _targetId.AppendRun(footprint.TargetId, 1);
        _vszBytes.AppendRunOrNulls(Known(footprint.VszBytes), 1);
        _rssBytes.AppendRunOrNulls(Known(footprint.RssBytes), 1);
        _pssBytes.AppendRunOrNulls(Known(footprint.PssBytes), 1);
        _swapBytes.AppendRunOrNulls(Known(footprint.SwapBytes), 1);
        _file.Advance(1);
    }

    private static ulong? Known(ulong bytes) => bytes == Footprint.Unknown ? null : bytes;
}
