using Damon.Trace.Tracer.AccessChecks.AccessBits;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Runs the choice against made-up costs. The size of the target is this process's own, far below the limit for a trial.</summary>
public sealed class ClearerChoiceTests : IDisposable
{
    private const long IntervalNs = 100_000_000;
    private readonly TargetStat _stat = new(Environment.ProcessId);

    [Fact]
    public void ClearRefs_WinsWhereItIsClearlyCheaper()
    {
        int clearRefsTicks = Run(Choice(), coldNs: 900_000, clearRefsNs: 100_000, ticks: 4000, out _);

        Assert.InRange(clearRefsTicks, 3000, 4000);
    }

    [Fact]
    public void ClearRefs_LosesWhereItIsDearerAndIsTriedEverMoreSeldom()
    {
        int clearRefsTicks = Run(Choice(), coldNs: 300_000, clearRefsNs: 2_000_000, ticks: 100_000, out _);

        // After 128, 256, 512, ... ticks, then every 16384.
        Assert.InRange(clearRefsTicks, 1, 14);
    }

    [Fact]
    public void ClearRefs_LosesWhereItTakesMoreThanATwentiethOfTheInterval()
    {
        int clearRefsTicks = Run(Choice(), coldNs: 40_000_000, clearRefsNs: 6_000_000, ticks: 10_000, out _);

        Assert.InRange(clearRefsTicks, 1, 10);
    }

    [Fact]
    public void Choice_DoesNotFlutterBetweenEquals()
    {
        _ = Run(Choice(), coldNs: 500_000, clearRefsNs: 480_000, ticks: 100_000, out int changes);

        Assert.InRange(changes, 0, 30);
    }

    [Fact]
    public void ClearRefs_WithoutFlushIsOnlyTheLastResort()
    {
        ClearerChoice choice = Choice();
        choice.ClearRefsFlushes = false;
        Assert.Equal(0, Run(choice, coldNs: 900_000, clearRefsNs: 100_000, ticks: 4000, out _));

        choice.HasCold = false;
        Assert.Equal(10, Run(choice, coldNs: 900_000, clearRefsNs: 100_000, ticks: 10, out _));
    }

    [Fact]
    public void Stat_OfThisProcessHasPlausibleFields()
    {
        Assert.True(_stat.TryRead());
        Assert.InRange(_stat.Processor, 0, Environment.ProcessorCount + 1024);
        Assert.True(_stat.Threads > 1);
        Assert.True(_stat.ResidentPages > 1000);
    }

    [Fact]
    public void Stat_IsNotFooledByNames()
    {
        // 39 fields; the name holds a parenthesis and blanks.
        string line = "7 (a) S 1 (b)) S " + string.Join(' ', Enumerable.Range(4, 36)) + "\n";

        Assert.True(_stat.TryParse(System.Text.Encoding.ASCII.GetBytes(line)));
        Assert.Equal((20, 24, 39), (_stat.Threads, _stat.ResidentPages, _stat.Processor));
    }

    public void Dispose() => _stat.Dispose();

    private static ClearerChoice Choice() => new() { IntervalNs = IntervalNs, HasClearRefs = true, ClearRefsFlushes = true };

    private int Run(ClearerChoice choice, long coldNs, long clearRefsNs, int ticks, out int changes)
    {
        int clearRefsTicks = 0;
        changes = 0;
        bool before = false;
        for (int tick = 0; tick < ticks; tick++)
        {
            bool clearRefs = choice.PickClearRefs(_stat);
            choice.Report(clearRefs, clearRefs ? clearRefsNs : coldNs);
            clearRefsTicks += clearRefs ? 1 : 0;
            changes += clearRefs != before ? 1 : 0;
            before = clearRefs;
        }

        return clearRefsTicks;
    }
}
