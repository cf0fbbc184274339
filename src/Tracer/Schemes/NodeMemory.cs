namespace Damon.Trace.Tracer.Schemes;

/// <summary>Memory of one node (/sys/devices/system/node/nodeN/meminfo).</summary>
internal static class NodeMemory
{
    /// <summary>Total and free memory in KiB; nothing when there is no such node.</summary>
    internal static (ulong TotalKb, ulong FreeKb) Read(int node)
    {
        try
        {
            ReadOnlySpan<byte> text = File.ReadAllBytes($"/sys/devices/system/node/node{node}/meminfo");
            return (MemoryState.Find(text, "MemTotal:"u8), MemoryState.Find(text, "MemFree:"u8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
