using System.Globalization;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>The memory nodes of this machine (/sys/devices/system/node).</summary>
internal static class MemoryNodes
{
    private const string Folder = "/sys/devices/system/node/";

    /// <summary>The numbers of those that have memory, ascending; one node 0 where the kernel knows of none.</summary>
    internal static IReadOnlyList<int> Read()
    {
        try
        {
            List<int> nodes = Parse(File.ReadAllText(Folder + "has_memory"));
            return nodes.Count > 0 ? nodes : [0];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return [0];
        }
    }

    /// <summary>Total and free memory of one in KiB; nothing when there is no such node.</summary>
    internal static (ulong TotalKb, ulong FreeKb) MemoryOf(int node)
    {
        try
        {
            ReadOnlySpan<byte> text = File.ReadAllBytes($"{Folder}node{node}/meminfo");
            return (MemoryState.Find(text, "MemTotal:"u8), MemoryState.Find(text, "MemFree:"u8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>A list as the kernel prints it: 0-1,4.</summary>
    internal static List<int> Parse(string text)
    {
        List<int> nodes = [];
        foreach (string part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            nodes.AddRange(Enumerable.Range(first, int.Parse(ends[^1], CultureInfo.InvariantCulture) - first + 1));
        }

        return nodes;
    }
}
