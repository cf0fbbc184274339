// Which memory does a process use most? hot-ranges PID
using Damon.Trace.Tracer;

using MemoryMonitor monitor = MemoryMonitor.Attach(int.Parse(args[0]));
await foreach (MemorySnapshot snapshot in monitor.Snapshots())
{
    if (snapshot.Number < 50)
    {
        continue; // Regions begin coarse and adapt to what is accessed.
    }

    foreach (MemoryRegion region in snapshot.Regions.OrderByDescending(region => region.FrequencyHz).Take(5))
    {
        Console.WriteLine(
            $"0x{region.Start:x}-0x{region.End:x} {region.Size / 1024.0 / 1024,8:F2} MiB {region.FrequencyHz,6:F1} Hz  {region.MappingName}");
    }

    break;
}
