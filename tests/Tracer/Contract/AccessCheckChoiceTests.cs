using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Exerciser;

namespace Damon.Trace.Tracer.Tests.Contract;

[Collection(OwnMemoryBits.Name)]
public sealed class AccessCheckChoiceTests
{
    private static readonly AccessCheckSettings s_settings = new(SampleUs: 5_000, Realtime: false);

    [Fact]
    public void Auto_TakesTheFirstThatWorksAndSaysWhatBecameOfTheBetterOnes()
    {
        AccessCheckChoice choice = AccessCheckChoice.Choose(AccessCheckCatalog.Auto, [], s_settings);

        AccessCheckKind[] automatic = [.. AccessCheckCatalog.ByPreference.Where(kind => kind.IsChosenByAuto)];
        AccessCheckKind expected = automatic.First(kind => kind.SelfTest().Available);
        Assert.Same(expected, choice.Kind);
        Assert.Equal(automatic.TakeWhile(kind => kind != expected).Append(expected), choice.Trials.Select(trial => trial.Kind));
        Assert.All(choice.Trials.SkipLast(1), trial => Assert.Contains($"{trial.Kind.Name}: {trial.Capability.Reason}", choice.Refusals));
    }

    [Fact]
    public void Name_ThatDoesNotExistIsAMistakeOfTheCaller() =>
        Assert.Throws<ArgumentException>("name", () => AccessCheckChoice.Choose("guess", [], s_settings));

    /// <summary>Works on this machine, but not on a process that is gone.</summary>
    [Fact]
    public void Refusal_CarriesReasonAndTrial()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 1M --hot 0 --warm 0");
        using var process = TargetProcess.Open(exerciser.Pid);
        exerciser.Kill();

        AccessCheckUnavailableException refusal = Assert.Throws<AccessCheckUnavailableException>(
            () => AccessCheckChoice.Choose("referenced-mappings", [process], s_settings));

        AccessCheckTrial trial = Assert.Single(refusal.Trials);
        Assert.StartsWith("referenced-mappings does not work here: ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(trial.Capability.Reason!, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(trial.Capability.Hint, refusal.Hint);
        Assert.IsAssignableFrom<DamonTraceException>(refusal);
    }
}
