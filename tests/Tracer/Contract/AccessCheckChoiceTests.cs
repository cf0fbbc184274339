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

    /// <summary>One of a service exits while it is probed: what serves the others is as good as before.</summary>
    [Fact]
    public void ProcessThatHasExited_SpeaksAgainstNone()
    {
        using ExerciserProcess gone = ExerciserProcess.Start("--size 1M --hot 0 --warm 0");
        using ExerciserProcess living = ExerciserProcess.Start("--size 1M --hot 0 --warm 0");
        using var first = TargetProcess.Open(gone.Pid);
        using var second = TargetProcess.Open(living.Pid);
        gone.Kill();

        Assert.Same(
            AccessCheckChoice.Choose(AccessCheckCatalog.Auto, [second], s_settings).Kind,
            AccessCheckChoice.Choose(AccessCheckCatalog.Auto, [first, second], s_settings).Kind);
    }

    [Fact]
    public void Name_ThatDoesNotExistIsAMistakeOfTheCaller() =>
        Assert.Throws<ArgumentException>("name", () => AccessCheckChoice.Choose("guess", [], s_settings));

    /// <summary>The exerciser offers no userfaultfd, without which this one works on no process.</summary>
    [Fact]
    public void Refusal_CarriesReasonAndTrial()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 1M --hot 0 --warm 0");
        using var process = TargetProcess.Open(exerciser.Pid);

        AccessCheckUnavailableException refusal = Assert.Throws<AccessCheckUnavailableException>(
            () => AccessCheckChoice.Choose("written-pages", [process], s_settings));

        AccessCheckTrial trial = Assert.Single(refusal.Trials);
        Assert.StartsWith("written-pages does not work here: ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(trial.Capability.Reason!, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(trial.Capability.Hint, refusal.Hint);
        Assert.IsAssignableFrom<DamonTraceException>(refusal);
    }
}
