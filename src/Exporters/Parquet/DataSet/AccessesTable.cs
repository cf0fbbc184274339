using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>Table <c>accesses</c>: accesses that were sampled, and who made them.</summary>
internal sealed class AccessesTable
{
    private readonly RowHead _head;
    private readonly ValueColumn _targetId;
    private readonly ValueColumn _address;
    private readonly ValueColumn _ip;
    private readonly ValueColumn _tid;
    private readonly DictionaryColumn _thread;
    private readonly ValueColumn _isWrite;
    private readonly ValueColumn _isKernel;
    private readonly ValueColumn _probe;
    private readonly ValueColumn _weight;
    private readonly ValueColumn _stackId;
    private readonly DictionaryColumn _function;
    private readonly DictionaryColumn _module;
    private readonly DictionaryColumn _stack;
    private readonly DataSetFile _file;

    // Dictionary columns find a string by its text: so that of a stack is made once.
    private readonly Dictionary<(ulong TargetId, uint StackId), (StackDescription Stack, string Text)> _texts = [];

    internal AccessesTable(TableFactory factory)
    {
        ColumnSet columns = factory.Columns();
        _head = new RowHead(columns);
        _targetId = columns.Add("target_id", ColumnKind.UInt64);
        _address = columns.Add("address", ColumnKind.UInt64);
        _ip = columns.Add("ip", ColumnKind.UInt64);
        _tid = columns.Add("tid", ColumnKind.Int32);
        _thread = columns.AddText("thread", optional: true);
        _isWrite = columns.Add("is_write", ColumnKind.Boolean, optional: true);
        _isKernel = columns.Add("is_kernel", ColumnKind.Boolean);
        _probe = columns.Add("probe", ColumnKind.UInt64);
        _weight = columns.Add("weight", ColumnKind.Float);
        _stackId = columns.Add("stack_id", ColumnKind.UInt32, optional: true);
        _function = columns.AddText("function", optional: true);
        _module = columns.AddText("module", optional: true);
        _stack = columns.AddText("stack", optional: true);
        _file = factory.Create("accesses", columns);
    }

    internal void Append(string recording, Moment moment, in AccessEvent access)
    {
        AccessRecord record = access.Access;
        _head.Append(recording, moment);
        _targetId.AppendRun(record.TargetId, 1);
        _address.AppendRun(record.Address, 1);
        _ip.AppendRun(record.Ip, 1);
        _tid.AppendRun((ulong)record.Tid, 1);
        AppendText(_thread, access.Thread);
        _isWrite.AppendRunOrNulls(record.Writes is { } writes ? (writes ? 1u : 0u) : null, 1);
        _isKernel.AppendRun(record.IsKernel, 1);
        _probe.AppendRun(record.Probe, 1);
        _weight.AppendRun(BitConverter.SingleToUInt32Bits((float)record.Weight), 1);
        StackDescription? stack = access.Stack is { Frames.Count: > 0 } known ? known : null;
        _stackId.AppendRunOrNulls(stack?.StackId, 1);
        AppendText(_function, stack?.Frames[0].Function);
        AppendText(_module, stack?.Frames[0].Module);
        AppendText(_stack, stack is null ? null : TextOf(stack));
        _file.Advance(1);
    }

    private static void AppendText(DictionaryColumn column, string? text)
    {
        if (text is null)
        {
            column.AppendNulls(1);
        }
        else
        {
            column.AppendRun(text, 1);
        }
    }

    /// <summary>Functions as flame graphs have them: the outermost first, ended by the one that accessed, with semicolons between.</summary>
    private string TextOf(StackDescription stack)
    {
        (ulong, uint) key = (stack.TargetId, stack.StackId);
        if (!_texts.TryGetValue(key, out (StackDescription Stack, string Text) known) || !ReferenceEquals(known.Stack, stack))
        {
            _texts[key] = known = (stack, string.Join(';', stack.Frames.Reverse().Select(static frame => frame.Function.Replace(';', ':'))));
        }

        return known.Text;
    }
}
