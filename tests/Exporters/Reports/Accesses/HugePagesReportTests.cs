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
}
