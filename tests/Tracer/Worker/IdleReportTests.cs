using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

public sealed class IdleReportTests
{
    private const ulong Page = 4096;
    private const long SecondNs = 1_000_000_000;

    [Fact]
    public void Records_CountTheFollowedPagesOfEachMappingByIdleTime()
    {
        // 20 pages, all followed; the even ones are accessed at second 1, the last four at second 8; now it is second 9.
        AddressRange[] memory = [new(0, 10 * Page), new(16 * Page, 26 * Page)];
        var check = new Young();
        FollowedPages followed = new(1, Page);
        followed.Update(memory, 0);
        followed.Look(check, 1);
        check.IsYoung = page => page % 2 == 0;
        followed.Look(check, 1 * SecondNs);
        check.IsYoung = page => page >= 22;
        followed.Look(check, 8 * SecondNs);
        check.IsYoung = _ => false;
        followed.Look(check, 9 * SecondNs);

        var report = new IdleReport();
        Events.IdlePages idle = report.Fill(followed, memory, [Map(0, 12), Map(12, 14), Map(14, 40)], generation: 3);

        Assert.Equal(2u, idle.NrRecords);
        Assert.Equal(20u, idle.NrPages);
        Assert.Equal(3u, idle.Generation);
        IdleRecord first = report.Records[0];
        Assert.Equal((0u, 10u), (first.Mapping, first.ResidentPages));
        Assert.Equal(5, first.NrPages[IdleBuckets.Of(8 * (ulong)SecondNs)]);
        Assert.Equal(5, first.NrPages[IdleBuckets.NrBounds]);
        IdleRecord second = report.Records[1];
        Assert.Equal((2u, 10u), (second.Mapping, second.ResidentPages));
        Assert.Equal(4, second.NrPages[IdleBuckets.Of((ulong)SecondNs)]);
        Assert.Equal(3, second.NrPages[IdleBuckets.Of(8 * (ulong)SecondNs)]);
        Assert.Equal(3, second.NrPages[IdleBuckets.NrBounds]);
    }

    [Fact]
    public void NrChanges_CountsNeighboursThatDifferForEachBound()
    {
        // Ten pages: 3 to 5 accessed at second 8 of 9, nothing else ever: within 1 s and more two borders, within 500 ms none.
        AddressRange[] memory = [new(0, 10 * Page)];
        var check = new Young();
        FollowedPages followed = new(1, Page);
        followed.Update(memory, 0);
        followed.Look(check, 1);
        check.IsYoung = page => page is >= 3 and <= 5;
        followed.Look(check, 8 * SecondNs);
        check.IsYoung = _ => false;
        followed.Look(check, 9 * SecondNs);

        Events.IdlePages idle = new IdleReport().Fill(followed, memory, [Map(0, 10)], 1);

        int bound = IdleBuckets.Of((ulong)SecondNs);
        Assert.Equal(0, idle.NrChanges[bound - 1]);
        Assert.Equal(2, idle.NrChanges[bound]);
        Assert.Equal(2, idle.NrChanges[IdleBuckets.NrBounds - 1]);
    }

    [Fact]
    public void MoreMappingsThanAnEventHolds_AreTheOthers()
    {
        AddressRange[] memory = [new(0, 3_000 * Page)];
        FollowedPages followed = new(1, Page);
        followed.Update(memory, 0);
        followed.Look(new Young(), 1);
        var report = new IdleReport();
        report.Fill(followed, memory, [.. Enumerable.Range(0, 3_000).Select(i => Map((ulong)i, (ulong)i + 1))], 1);

        Assert.Equal(IdleRecord.MaxRecords, report.Records.Length);
        Assert.Equal(IdleRecord.OtherMappings, report.Records[^1].Mapping);
        Assert.Equal(3_000, report.Records.ToArray().Sum(record => record.ResidentPages));
        Assert.Equal(3_000, report.Records.ToArray().Sum(record => record.NrPages[IdleBuckets.NrBounds]));
    }

    private static Mapping Map(ulong first, ulong end) => new(first * Page, end * Page, "rw-p", 0, 0, "");

    private sealed class Young : IYoungPages
    {
        internal Func<ulong, bool> IsYoung { get; set; } = _ => false;

        public ReadOnlySpan<AddressRange> TakenYoung => default;

        public void TakeYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
        {
            for (int i = 0; i < addresses.Length; i++)
            {
                states[i] = IsYoung(addresses[i] / Page) ? AccessState.Accessed : AccessState.NotAccessed;
            }
        }
    }
}
