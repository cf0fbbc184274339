using System.Globalization;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Exerciser;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>A real process under a real check.</summary>
public sealed class ExerciserSubject : AccessCheckSubject
{
    // A hot sweep over 1 MB takes a fraction of a millisecond; the rest is for the emulated TLB of the lab, which is flushed 1000 times a second.
    private const int WindowMs = 20;

    // On a busy machine the target may get no CPU for longer than that: it ends each sweep with a sleep, which the kernel counts.
    private const int Sweeps = 3;
    private const int LongestWindowMs = 5000;

    private readonly ExerciserProcess _exerciser;
    private readonly TargetProcess _target;
    private bool _isPaused;

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
    /// <param name="asGrandchild">For checks that must not watch a child of this process.</param>
    public static ExerciserSubject Start(
        Touch touch, Func<TargetProcess, IAccessCheck> create, string options = "", bool asGrandchild = false)
    {
        ArgumentNullException.ThrowIfNull(create);
        Func<string, ExerciserProcess> start = asGrandchild ? ExerciserProcess.StartAsGrandchild : ExerciserProcess.Start;
        ExerciserProcess exerciser = start(
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
    public override bool LetTimePass()
    {
        long before = CountSleeps();
        Thread.Sleep(WindowMs);
        return SpinWait.SpinUntil(() => _isPaused || CountSleeps() - before >= Sweeps, LongestWindowMs) && !_isPaused;
    }

    /// <inheritdoc/>
    public override void Pause()
    {
        _exerciser.Signal(SIGSTOP);
        Assert.True(SpinWait.SpinUntil(IsStopped, 2000));
        _isPaused = true;
    }

    /// <inheritdoc/>
    public override void Resume()
    {
        _isPaused = false;
        _exerciser.Signal(SIGCONT);
    }

    /// <inheritdoc/>
    public override void End()
    {
        _isPaused = true;
        _exerciser.Kill();
        Assert.True(SpinWait.SpinUntil(() => _target.HasExited, 10_000));
    }

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

    /// <summary>How often the thread that slept most often has slept: the one that touches the hot memory.</summary>
    private long CountSleeps()
    {
        return _isPaused ? 0 : Directory.GetDirectories($"/proc/{_exerciser.Pid}/task").Max(CountSleepsOf);
    }

    private static long CountSleepsOf(string task)
    {
        try
        {
            string line = File.ReadLines($"{task}/status").First(
                static line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal));
            return long.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // A thread of the runtime that has ended since it was listed.
            return 0;
        }
    }
}
