// A cache that watches its own memory and evicts entries that nobody has used for a second, without a clock or counter per entry.
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer;

const int Entries = 32, Used = 8, EntryBytes = 4 << 20;
var cache = new ConcurrentDictionary<int, byte[]>();
for (int key = 0; key < Entries; key++)
{
    cache[key] = GC.AllocateArray<byte>(EntryBytes, pinned: true);
    cache[key].AsSpan().Fill(1);
}

_ = Task.Run(async () =>
{
    for (int key = 0; ; key = (key + 1) % Used, await Task.Delay(1))
    {
        _ = cache[key].AsSpan().IndexOf((byte)0); // Reads all of it.
    }
});

DateTime end = DateTime.UtcNow.AddSeconds(30);
using MemoryMonitor monitor = MemoryMonitor.Attach(Environment.ProcessId);
await foreach (MemorySnapshot snapshot in monitor.Snapshots().TakeWhile(_ => cache.Count > Used && DateTime.UtcNow < end))
{
    foreach ((int key, byte[] entry) in cache)
    {
        ulong start = (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(entry, 0);
        if (snapshot.Regions.Where(region => region.Start < start + EntryBytes && start < region.End)
            .All(region => region.Idle >= TimeSpan.FromSeconds(1)))
        {
            cache.TryRemove(key, out _);
            Console.WriteLine($"entry {key} is cold: evicted");
        }
    }
}

Console.WriteLine($"{cache.Count} of {Entries} entries left; in use and kept: {cache.Keys.Count(key => key < Used)} of {Used}");
