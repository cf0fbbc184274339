using System.Globalization;
using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>Threads and children come and go while accesses are sampled, and the sampler may be killed: the target is not harmed, nothing stays armed.</summary>
[Trait("Category", "Linux")]
public sealed class EndsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("watchpoints")]
    [InlineData("instructions")]
    public void Family_IsSampledUnharmed(string sampler)
    {
        using var family = FamilyRun.Start();

        CommandRun run = ToolProcess.Run(
            "who", "-p", $"{family.Pid}", "--address-range", family.Range, "--by", sampler, "--duration", "3s", "--target-budget", "10%", "--json");
        Assert.SkipWhen(run.ExitCode == ExitCode.NoAccessCheck, run.Error);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("update_words", json.GetProperty("ranges")[0].GetProperty("functions")[0].GetProperty("function").GetString());
        family.AssertNothingIsArmed(sampler);
        family.AssertUnharmed();
    }

    [Theory]
    [InlineData("watchpoints")]
    [InlineData("instructions")]
    public void Family_IsRecordedUnharmed(string sampler)
    {
        using var family = FamilyRun.Start();
        string trace = _folder.File("a.nettrace");

        CommandRun run = ToolProcess.Run(
            "record", "-p", $"{family.Pid}", "--who", "--by", sampler, "--duration", "4s", "--target-budget", "10%", "-o", trace);
        Assert.SkipWhen(run.ExitCode == ExitCode.NoAccessCheck || run.Error.Contains("is not known: ", StringComparison.Ordinal), run.Error);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        CommandRun report = ToolProcess.Run("report", "who", "-i", trace);
        Assert.True(report.Output.Contains("update_words", StringComparison.Ordinal), report.Output + report.Error);
        family.AssertNothingIsArmed(sampler);
        family.AssertUnharmed();
    }

    /// <summary>kill -9 at random moments, 20 of them; DAMON_TRACE_KILLS=200 for more, DAMON_TRACE_SEED=N for the same ones again.</summary>
    [Fact]
    public void Killed_LeavesNothingArmed()
    {
        int kills = Setting("DAMON_TRACE_KILLS", 20);
        int seed = Setting("DAMON_TRACE_SEED", Environment.TickCount);
        var random = new Random(seed);
        using var family = FamilyRun.Start();
        for (int i = 0; i < kills; i++)
        {
            string sampler = i % 4 == 3 ? "instructions" : "watchpoints";
            string[] arguments = i % 2 == 0
                ? ["who", "-p", $"{family.Pid}", "--address-range", family.Range, "--by", sampler, "--duration", "1min", "--probes-per-second", "1000"]
                : ["record", "-p", $"{family.Pid}", "--who", "--by", sampler, "-o", _folder.File("killed.nettrace")];
            double milliseconds = random.NextDouble() * 2000;
            using (var tool = ToolProcess.Start([.. arguments, "--target-budget", "20%", "--cpu-budget", "50%"]))
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(milliseconds));
                tool.Send("KILL");
                CommandRun run = tool.Wait();
                Assert.SkipWhen(run.ExitCode == ExitCode.NoAccessCheck, run.Error);
            }

            family.AssertNothingIsArmed(string.Create(
                CultureInfo.InvariantCulture, $"kill {i} of '{arguments[0]} --by {sampler}' after {milliseconds:F0} ms, seed {seed}"));
        }

        family.AssertUnharmed();
    }

    public void Dispose() => _folder.Dispose();

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
