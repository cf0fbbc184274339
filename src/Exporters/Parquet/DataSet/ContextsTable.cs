using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Table <c>contexts</c>: how a kdamond obtained its numbers, from this time on.</summary>
internal sealed class ContextsTable
{
    private readonly RowHead _head;
    private readonly DictionaryColumn _kdamond;
    private readonly DictionaryColumn _operations;
    private readonly DictionaryColumn _accessCheck;
    private readonly DictionaryColumn _labels;
    private readonly ValueColumn _sampleUs;
    private readonly ValueColumn _aggrUs;
    private readonly ValueColumn _updateUs;
    private readonly ValueColumn _minNrRegions;
    private readonly ValueColumn _maxNrRegions;
    private readonly DataSetFile _file;

    internal ContextsTable(TableFactory factory)
    {
        ColumnSet columns = factory.Columns();
        _head = new RowHead(columns);
        _kdamond = columns.AddText("kdamond");
        _operations = columns.AddText("operations");
        _accessCheck = columns.AddText("access_check");
        _labels = columns.AddText("labels");
        _sampleUs = columns.Add("sample_us", ColumnKind.UInt64);
        _aggrUs = columns.Add("aggr_us", ColumnKind.UInt64);
        _updateUs = columns.Add("update_us", ColumnKind.UInt64);
        _minNrRegions = columns.Add("min_nr_regions", ColumnKind.UInt32);
        _maxNrRegions = columns.Add("max_nr_regions", ColumnKind.UInt32);
        _file = factory.Create("contexts", columns);
    }

    internal void Append(string recording, Moment moment, ContextDescription context)
    {
        _head.Append(recording, moment);
        _kdamond.AppendRun(context.Kdamond, 1);
        _operations.AppendRun(context.Operations, 1);
        _accessCheck.AppendRun(context.AccessCheck, 1);
        _labels.AppendRun(context.Labels, 1);
        _sampleUs.AppendRun(context.Attributes.SampleUs, 1);
        _aggrUs.AppendRun(context.Attributes.AggrUs, 1);
        _updateUs.AppendRun(context.Attributes.UpdateUs, 1);
        _minNrRegions.AppendRun(context.Attributes.MinNrRegions, 1);
        _maxNrRegions.AppendRun(context.Attributes.MaxNrRegions, 1);
        _file.Advance(1);
    }
}
