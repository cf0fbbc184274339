namespace Damon.Trace.Exporters.Tests.Html;

/// <summary>
/// 64 aggregations of 160 pages below one mapping with a hostile name. With so many, each is eight of the page's 512 columns, and each row
/// of the map is one page: every cell stands for one region of one snapshot. From <see cref="RenamedAt"/> on the upper half has another name.
/// </summary>
internal static class PageRecording
{
    internal const int Snapshots = 64;
    internal const int Pages = 160;
    internal const ulong Start = 0x7f00_0000_0000;
    internal const ulong Page = 4096;
    internal const string HostileName = "/tmp/</script><script>hacked=1</script><img src=x onerror=\"hacked=1\">";
    internal const string LaterName = "[dotnet gen2]";
    internal const int RenamedAt = 40;
    internal const int FirstRenamed = 80;
    internal const string HostileComm = "<b onx='\"&";

    /// <summary>The name of the mapping in force at an address and time, in seconds.</summary>
    internal static string NameAt(ulong address, double seconds) =>
        seconds >= RenamedAt * 0.1 && address >= Start + (FirstRenamed * Page) ? LaterName : HostileName;

    internal static HandmadeRecording Make(int seed = 1)
    {
        Random random = new(seed);
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 1_700_000_000_000_000_000 }
            .Target(0, 42, HostileComm, "app </title><script>hacked=1</script>")
            .Mapping(0, Start, Start + (Pages * Page), "rw-p", HostileName);
        for (int i = 0; i < Snapshots; i++)
        {
            if (i == RenamedAt)
            {
                recording
                    .Mapping(0, Start, Start + (FirstRenamed * Page), "rw-p", HostileName, generation: 2)
                    .Mapping(0, Start + (FirstRenamed * Page), Start + (Pages * Page), "rw-p", LaterName, generation: 2);
            }

            List<(ulong, ulong, uint, uint)> regions = [];
            for (int page = 0; page < Pages;)
            {
                int next = Math.Min(Pages, page + random.Next(1, 12));
                regions.Add((Start + ((ulong)page * Page), Start + ((ulong)next * Page), (uint)random.Next(21), (uint)random.Next(100)));
                page = next;
            }

            recording.Snapshot(i, [.. regions]);
        }

        return recording;
    }
}
