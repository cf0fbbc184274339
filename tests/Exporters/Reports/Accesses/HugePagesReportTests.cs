using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.HugePages;

namespace Damon.Trace.Exporters.Tests.Reports.Accesses;

/// <summary>The huge pages of a recording made by hand.</summary>
public sealed class HugePagesReportTests
{
    private const ulong Huge = HugePages.Bytes;

    /// <summary>Ranges end where accesses did, so what is between them may be in the same huge page.</summary>
    [Fact]
    public void PageOfTwoRuns_CountsOnce()
    {
        HugePagesMapping mapping = Compute(Recording((4 * Huge, (5 * Huge) + 4096), ((5 * Huge) + 8192, 6 * Huge))).Single();

        Assert.Equal(2 * Huge, mapping.HugeBytes);
    }

    /// <summary>As they are now, or as they were: a page that stayed small is in no run any more.</summary>
    [Fact]
    public void SplitPages_AreThoseOfTheirMapping()
    {
        HandmadeRecording recording = Recording((4 * Huge, 6 * Huge), (8 * Huge, 9 * Huge))
            .Call(Split((4 * Huge, 51, 1), (7 * Huge, 0, 0)))
            .Call(Split((5 * Huge, 51, 1), (8 * Huge, 512, 1)));

        HugePagesMapping[] mappings = Compute(recording);

        SplitEstimate heap = mappings.Single(static mapping => mapping.Mapping == "[heap]").Split!;
        Assert.Equal((3, 2, 1), (heap.Pages, heap.HotPages, heap.LeftSmall));
        Assert.Equal(51 / 512.0, heap.TouchedShare);
        Assert.Equal(1.0, mappings.Single(static mapping => mapping.Mapping == "/dev/shm/a").Split!.TouchedShare);
    }

    /// <summary>No access was sampled; of the 24 pages that were split, a tenth was touched.</summary>
    [Fact]
    public void SplitPages_AdviseWhereSamplesDoNot()
    {
        HandmadeRecording recording = Recording((4 * Huge, 6 * Huge));
        Assert.Null(Compute(recording).Single().Advice);
        for (int round = 0; round < 12; round++)
        {
            recording.Call(Split((4 * Huge, 51, 1), (5 * Huge, 51, 1)));
        }

        HugePagesMapping mapping = Compute(recording).Single();

        Assert.Null(mapping.TouchedShare);
        Assert.Equal("small", mapping.Advice);
    }

    private static HugePagesMapping[] Compute(IRecordingReader recording) =>
        [.. HugePagesReport.Compute(() => recording, new HugePagesOptions(), CancellationToken.None).Targets.Single().Mappings];

    private static HandmadeRecording Recording(params (ulong Start, ulong End)[] runs) => new HandmadeRecording()
        .Target(0, 42, "a", "./a")
        .Mapping(0, 4 * Huge, 8 * Huge, "rw-p", "[heap]")
        .Mapping(0, 8 * Huge, 9 * Huge, "rw-p", "/dev/shm/a")
        .Call(sink => sink.OnAccess(new AccessEvent
        {
            Kind = AccessEventKind.HugePages,
            Runs = [.. runs.Select(static run => new HugePageRun { Start = run.Start, End = run.End })],
        }));

    private static Action<IRecordingSink> Split(params (ulong Start, uint Touched, uint IsCollapsed)[] pages) => sink => sink.OnAccess(new AccessEvent
    {
        Kind = AccessEventKind.SplitPages,
        Split = new SplitHugePages { WindowNs = 10_000_000_000 },
        Pages = [.. pages.Select(static page => new SplitHugePage { Start = page.Start, Touched = page.Touched, IsCollapsed = page.IsCollapsed })],
    });
}
