using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Tests.Html;

/// <summary>
/// 40 aggregations, 4 s: a heap of 1,000 pages, the first 250 hot, the others cold; a library of which nothing is known; and a mapping that
/// was never populated.
/// </summary>
internal static class StatesRecording
{
    internal const ulong Heap = 0x10_0000_0000;
    internal const ulong Library = 0x20_0000_0000;
    internal const ulong Empty = 0x30_0000_0000;
    internal const int Snapshots = 40;
    private const ulong Page = 4096;

    internal static HandmadeRecording Make()
    {
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 0 }.Target(0, 42, "app", "app");
        (ulong Start, ulong Pages, string Name)[] mappings = [(Heap, 1000, "[heap]"), (Library, 100, "/lib/a.so"), (Empty, 500, "[empty]")];
        foreach ((ulong start, ulong pages, string name) in mappings)
        {
            recording.Call(sink => sink.OnMapping(new MappingDescription(0, 1, (uint)mappings.Length, start, start + (pages * Page), "rw-p", name)));
        }

        for (int i = 0; i < Snapshots; i++)
        {
            recording.Snapshot(
                i,
                [
                    (Heap, Heap + (250 * Page), 20, 30), (Heap + (250 * Page), Heap + (1000 * Page), 0, 30), (Library, Library + (100 * Page), 0, 0),
                    (Empty, Empty + (500 * Page), 0, 0),
                ],
                estimates:
                [
                    HandmadeRecording.Estimate(250, 0, 250, 5), HandmadeRecording.Estimate(750, 0, 0, 1), HandmadeRecording.Estimate(100, 100, 0),
                    HandmadeRecording.Estimate(0, 0, 0),
                ]);
            if (i % 10 == 9)
            {
                // Pages followed since the begin: a page never seen accessed is in the last bucket.
                recording.Idle((i + 1) * 0.1, [(0, 1000, 0, [(0, 250), (14, 750)]), (1, 100, 100, [])]);
            }
        }

        return recording;
    }
}
