using System.Text.Json;
using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>
/// Rows of the accuracy suite (tools/benchmarks/accuracy) at the default settings: memory of which pages here and there are used, a small
/// hot range, a sparse terabyte, many mappings, memory of several processes.
/// </summary>
[Trait("Category", "Linux")]
public sealed class TruthTests(ITestOutputHelper log)
{
    private const double LargestError = 0.10;
    private const double LeastFound = 0.95;
    private const double LongestSearchSeconds = 10;

    // Of about thirty 95 % intervals five in a hundred miss; that more than a fifth of them do has a probability below a thousandth.
    private const double LeastCovered = 0.80;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("256K-512M")]
    [InlineData("random-25")]
    [InlineData("stride-16")]
    [InlineData("sparse-1T")]
    [InlineData("mappings-10000")]
    [InlineData("shared-4")]
    public void Record_TellsTheTruth(string row)
    {
        Capability check = AccessCheckCatalog.Find("access-bits")!.SelfTest();
        Assert.SkipUnless(check.Available, $"access-bits does not work here: {check.Reason}");

        // Samples are random, so one recording may be unlucky: when the first one misses, two more have to hit.
        var host = new HostLoad();
        string[] faults = [.. Measure(row, 1).Select(Fault)];
        if (faults.Any(fault => fault.Length > 0))
        {
            faults = [.. faults, .. Measure(row, 2).Select(Fault)];
            if (faults.Skip(1).Any(fault => fault.Length > 0))
            {
                host.SkipIfBusy();
                Assert.Fail(string.Join('\n', faults));
            }
        }
    }

    private List<JsonElement> Measure(string row, int repeat)
    {
        using ToolProcess suite = ToolProcess.Start(
            Repository.Program("accuracy"), "--rows", $"^{row}$", "--repeat", $"{repeat}", "--json", "--damon-trace",
            Repository.Program("damon-trace"));
        CommandRun run = suite.Wait(s_patience);
        Assert.True(run.ExitCode == 0, run.Error);
        log.WriteLine(run.Output);
        JsonElement result = JsonDocument.Parse(run.Output).RootElement;
        Assert.SkipWhen(result.TryGetProperty("not_possible", out JsonElement reason), reason.ToString());
        return [.. result.GetProperty("scores").EnumerateArray()];
    }

    /// <summary>What is wrong with a recording, or nothing.</summary>
    private static string Fault(JsonElement score)
    {
        double truth = Number(score, "truth_per_interval_bytes");
        double error = Math.Abs(Number(score, "estimate_bytes") - truth) / truth;
        bool isGood = error <= LargestError && Number(score, "covered") >= LeastCovered
            && (!Has(score, "recall") || (Number(score, "recall") >= LeastFound && Number(score, "precision") >= LeastFound
                && Number(score, "noticed_seconds") <= LongestSearchSeconds));
        return isGood ? "" : score.ToString();
    }

    private static bool Has(JsonElement score, string name) => score.GetProperty(name).ValueKind == JsonValueKind.Number;

    /// <summary>A figure; what is not known is not good.</summary>
    private static double Number(JsonElement score, string name) => Has(score, name) ? score.GetProperty(name).GetDouble() : double.NaN;
}
