using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>Delivers the spooled snapshots of all records in the order of their ends; one snapshot of each record is in memory.</summary>
internal sealed class DamoJsonMerge(IReadOnlyList<DamoJsonSeries> records, IRecordingSink sink)
{
    private readonly Dictionary<(string, int, ulong), ulong> _numbers = [];
    private readonly Snapshot _snapshot = new();
    private long _snapshots;
    private long _incomplete;
    private long _events;
    private long _lost;

    internal void Run(string? truncation, IReadOnlyList<string> notes, CancellationToken cancellation)
    {
        PriorityQueue<(SpoolCursor Cursor, DamoJsonSeries Record), (long EndNs, int Record)> next = new();
        for (int i = 0; i < records.Count; i++)
        {
            SpoolCursor cursor = records[i].Series.Read();
            if (cursor.MoveNext())
            {
                next.Enqueue((cursor, records[i]), (cursor.Current.EndNs, i));
            }
        }

        while (next.TryDequeue(out (SpoolCursor Cursor, DamoJsonSeries Record) entry, out (long EndNs, int Record) order))
        {
            cancellation.ThrowIfCancellationRequested();
            Deliver(entry.Cursor, entry.Record);
            if (entry.Cursor.MoveNext())
            {
                next.Enqueue(entry, (entry.Cursor.Current.EndNs, order.Record));
            }
        }

        sink.OnEnd(new RecordingEnd(_snapshots, _incomplete, _events, _lost, truncation) { Notes = notes });
    }

    private void Deliver(SpoolCursor cursor, DamoJsonSeries record)
    {
        ref readonly SpooledSnapshot spooled = ref cursor.Current;
        string kdamond = record.Kdamond;
        (string, int, ulong) key = (kdamond, record.Tid, record.TargetId);
        _ = _numbers.TryGetValue(key, out ulong number);
        _numbers[key] = number + 1;
        _snapshot.Clear();
        _snapshot.Kdamond = kdamond;
        _snapshot.KdamondTid = record.Tid;
        _snapshot.TargetId = record.TargetId;
        _snapshot.Pid = spooled.Pid > 0 ? spooled.Pid : null;
        _snapshot.Number = number;
        _snapshot.NrRegions = spooled.NrRegions;
        _snapshot.BeginNs = spooled.BeginNs == SpooledSnapshot.Unknown ? null : spooled.BeginNs;
        _snapshot.EndNs = spooled.EndNs;
        _snapshot.SampleUs = spooled.SampleUs != 0 ? spooled.SampleUs : record.SampleUs;
        _snapshot.AggrUs = record.AggrUs;
        _snapshot.Complete = spooled.NrRegions == (uint)spooled.Count;
        foreach (ref readonly SpooledRegion region in cursor.Regions)
        {
            _snapshot.Add(new RegionEvent
            {
                TimestampNs = spooled.EndNs,
                Cpu = -1,
                Start = region.Start,
                End = region.End,
                NrAccesses = region.NrAccesses,
                Age = region.Age,
            });
        }

        _snapshots++;
        _incomplete += _snapshot.Complete ? 0 : 1;
        _events += _snapshot.Count;
        _lost += spooled.NrRegions - spooled.Count;
        sink.OnSnapshot(_snapshot);
    }
}
