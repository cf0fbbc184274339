using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>
/// Table <c>targets</c>: which process a target_id stands for, from this time on. The command line is left out on purpose: it may hold
/// secrets, and data sets get passed on.
/// </summary>
internal sealed class TargetsTable
{
    private readonly RowHead _head;
    private readonly ValueColumn _targetId;
    private readonly ValueColumn _pid;
    private readonly ValueColumn _startTimeTicks;
    private readonly DictionaryColumn _comm;
    private readonly DataSetFile _file;

    internal TargetsTable(TableFactory factory)
    {
        ColumnSet columns = factory.Columns();
        _head = new RowHead(columns);
        _targetId = columns.Add("target_id", ColumnKind.UInt64);
        _pid = columns.Add("pid", ColumnKind.Int32);
        _startTimeTicks = columns.Add("start_time_ticks", ColumnKind.UInt64);
        _comm = columns.AddText("comm");
        _file = factory.Create("targets", columns);
    }

    internal void Append(string recording, Moment moment, TargetDescription target)
    {
        _head.Append(recording, moment);
        _targetId.AppendRun(target.TargetId, 1);
        _pid.AppendRun((ulong)target.Pid, 1);
        _startTimeTicks.AppendRun(target.StartTimeTicks, 1);
        _comm.AppendRun(target.Comm, 1);
        _file.Advance(1);
    }
}
