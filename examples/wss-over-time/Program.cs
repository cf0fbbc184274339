// How much memory did a process use in each snapshot of a recording? wss-over-time FILE, as CSV
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

Console.WriteLine("seconds,accessed_bytes,touched_bytes,touched_error_bytes,unknown_bytes");
long? first = null;
try
{
    using var recording = RecordingReader.Open(args[0]);
    recording.Read(new SnapshotSink(Print), CancellationToken.None);
}
catch (DamonTraceException problem)
{
    Console.Error.WriteLine($"{problem.Message}; {problem.Hint}");
    return 1;
}

return 0;

void Print(Snapshot snapshot)
{
    if (!snapshot.Complete || snapshot.EndNs is not long end)
    {
        return; // Events of it were lost: its sums would be too small.
    }

    ulong accessed = 0;
    foreach (RegionEvent region in snapshot.Regions)
    {
        accessed += region.NrAccesses > 0 ? region.End - region.Start : 0;
    }

    SnapshotMemory? memory = snapshot.Memory;
    first ??= end;
    Console.WriteLine($"{(end - first) / 1e9:F3},{accessed},{memory?.TouchedBytes},{memory?.TouchedErrorBytes},{memory?.UnknownBytes}");
}
