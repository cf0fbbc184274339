using Damon.Trace.Reports.Accesses;

namespace Damon.Trace.Exporters.Tests.Reports.Accesses;

public sealed class AccessesTallyTests
{
    [Fact]
    public void Shares_AreOfWeightAndAddUp()
    {
        var tally = new AccessesTally();
        tally.Add(Access("f", 1, isWrite: false, probe: 1, weight: 3));
        tally.Add(Access("g", 2, isWrite: true, probe: 2, weight: 1));

        AccessesRange range = tally.ToResult(0, 8, 8, "x", null, static tid => $"t{tid}");

        Assert.Equal([("f", 0.75, 0.0), ("g", 0.25, 1.0)], range.Functions.Select(static f => (f.Function, f.Share, f.WriteShare!.Value)));
        Assert.Equal([("t1", 0.75), ("t2", 0.25)], range.Threads.Select(static t => (t.Name, t.Share)));
        Assert.Equal(0.25, range.Writes!.Share);

        // (3 + 1)^2 / (9 + 1)
        Assert.Equal(1.6, range.EffectiveHits, 12);
    }

    /// <summary>Four accesses that one look saw tell no more than one does: 1,000 looks at a share of one half give 3.1 points each way.</summary>
    [Fact]
    public void Interval_CountsLooksNotAccesses()
    {
        var tally = new AccessesTally();
        for (int i = 0; i < 4000; i++)
        {
            tally.Add(Access(i / 4 % 2 == 0 ? "f" : "g", 1, null, i / 4, 1));
        }

        AccessesRange range = tally.ToResult(0, 8, 8, "x", null, static _ => "t");

        Assert.Equal(1000, range.Hits);
        Assert.Equal(4000, range.Accesses);
        Assert.Equal(0.5 - 0.0309, range.Functions[0].Low, 3);
        Assert.Equal(0.5 + 0.0309, range.Functions[0].High, 3);
        Assert.Null(range.Writes);
        Assert.Equal(1, range.UnknownDirectionShare);
    }

    /// <summary>Of 1,000 seeded runs of 200 looks the interval must hold the truth in 95 % or so: three standard errors are 2.1 points.</summary>
    [Fact]
    public void Interval_HoldsTheTruth()
    {
        const double Truth = 0.3;
        var random = new Random(7);
        int held = 0;
        for (int run = 0; run < 1000; run++)
        {
            var tally = new AccessesTally();
            for (int i = 0; i < 200; i++)
            {
                tally.Add(Access(random.NextDouble() < Truth ? "f" : "g", 1, null, i, 1 + random.NextDouble()));
            }

            AccessesFunction f = tally.ToResult(0, 8, 8, "x", null, static _ => "t").Functions.Single(static f => f.Function == "f");
            held += f.Low <= Truth && Truth <= f.High ? 1 : 0;
        }

        Assert.InRange(held, 929, 980);
    }

    [Fact]
    public void Folded_IsOneLineAStack()
    {
        var stacks = new FoldedStacks();
        stacks.Add("main", Access("f", 1, null, 1, 3, "caller", "main;x"));
        stacks.Add("main", Access("g", 1, null, 2, 1));
        using var output = new StringWriter { NewLine = "\n" };
        stacks.Write(output);

        Assert.Equal("main;g 250000\nmain;main:x;caller;f 750000\n", output.ToString());
    }

    private static NamedAccess Access(string function, int tid, bool? isWrite, long probe, double weight, params string[] stack) =>
        new(0, 0x1000, function, "module", tid, isWrite, false, probe, weight, stack);
}
