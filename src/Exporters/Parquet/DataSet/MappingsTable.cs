using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Table <c>mappings</c>: the mappings of a target, generation by generation, in force from this time on.</summary>
internal sealed class MappingsTable
{
    private readonly RowHead _head;
    private readonly ValueColumn _targetId;
    private readonly ValueColumn _generation;
    private readonly ValueColumn _nrMappings;
    private readonly ValueColumn _start;
    private readonly ValueColumn _end;
    private readonly DictionaryColumn _permissions;
    private readonly DictionaryColumn _name;
    private readonly DictionaryColumn _label;
    private readonly DataSetFile _file;

    internal MappingsTable(TableFactory factory)
    {
        ColumnSet columns = factory.Columns();
        _head = new RowHead(columns);
        _targetId = columns.Add("target_id", ColumnKind.UInt64);
        _generation = columns.Add("generation", ColumnKind.UInt32);
        _nrMappings = columns.Add("nr_mappings", ColumnKind.UInt32);
        _start = columns.Add("start", ColumnKind.UInt64);
        _end = columns.Add("end", ColumnKind.UInt64);
        _permissions = columns.AddText("permissions");
        _name = columns.AddText("name");
        _label = columns.AddText("label");
        _file = factory.Create("mappings", columns);
    }

    internal void Append(string recording, Moment moment, MappingDescription mapping)
    {
        _head.Append(recording, moment);
        _targetId.AppendRun(mapping.TargetId, 1);
        _generation.AppendRun(mapping.Generation, 1);
        _nrMappings.AppendRun(mapping.NrMappings, 1);
        _start.AppendRun(mapping.Start, 1);
        _end.AppendRun(mapping.End, 1);
        _permissions.AppendRun(mapping.Permissions, 1);
        _name.AppendRun(mapping.Name, 1);
        _label.AppendRun(mapping.Label, 1);
        _file.Advance(1);
    }
}
