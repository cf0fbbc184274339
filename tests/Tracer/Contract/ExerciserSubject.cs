using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Exerciser;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>A real process under a real check.</summary>
public sealed class ExerciserSubject : AccessCheckSubject
{
    // A hot sweep over 1 MB takes a fraction of a millisecond; the rest is for a machine that is busy.
    private const int WindowMs = 40;

    private readonly ExerciserProcess _exerciser;
    private readonly TargetProcess _target;

    private ExerciserSubject(ExerciserProcess exerciser, Func<TargetProcess, IAccessCheck> create)
    {
        _exerciser = exerciser;
        _target = TargetProcess.Open(exerciser.Pid);
        Check = create(_target);
    }

    /// <inheritdoc/>
    public override IAccessCheck Check { get; }

    /// <inheritdoc/>
    public override ulong HotAddress => _exerciser["hot"].Start;

    /// <inheritdoc/>
    public override ulong NeighbourAddress => _exerciser["cold"].Start + 0x3000;

    /// <inheritdoc/>
    public override ulong IdleAddress => _exerciser["static"].Start + 0x5008;

    /// <summary>The first page of the address space and one in the reserved addresses around a mapping.</summary>
    public override IReadOnlyList<ulong> UnmappedAddresses => [0x1000, _exerciser["static"].End + 8];

    /// <summary>Starts an exerciser and creates the check for it.</summary>
    /// <param name="touch">How it touches its hot memory.</param>
    /// <param name="create">Makes the check.</param>
    /// <param name="options">More of the exerciser's options.</param>
    public static ExerciserSubject Start(Touch touch, Func<TargetProcess, IAccessCheck> create, string options = "")
    {
        ArgumentNullException.ThrowIfNull(create);
        ExerciserProcess exerciser = ExerciserProcess.Start(
            $"--size 2M --hot 1M --warm 0 --static-rss 1M --throttle 1ms --duration 60s --access {touch} {options}");
        try
        {
            return new ExerciserSubject(exerciser, create);
        }
        catch
        {
            exerciser.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void LetTimePass() => Thread.Sleep(WindowMs);

    /// <inheritdoc/>
    public override void Pause()
    {
        _exerciser.Signal(Signals.SIGSTOP);
        Assert.True(SpinWait.SpinUntil(IsStopped, 2000));
    }

    /// <inheritdoc/>
    public override void Resume() => _exerciser.Signal(Signals.SIGCONT);

    /// <inheritdoc/>
    public override void End() => _exerciser.Kill();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Check.Dispose();
        _target.Dispose();
        _exerciser.Dispose();
    }

    private bool IsStopped()
    {
        return Directory.GetDirectories($"/proc/{_exerciser.Pid}/task")
            .All(task => File.ReadAllText($"{task}/stat").Contains(") T ", StringComparison.Ordinal));
    }
}
