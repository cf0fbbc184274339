using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Symbols;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Who;

/// <summary>The thread that samples the accesses of one target of a recording.</summary>
internal sealed class AccessThread : IDisposable
{
    // Words are drawn from few ranges, or none of them gets enough; an instruction is looked up in all of them for nothing.
    private const int WatchedRanges = 16;

    private const int SlicesPerSecond = 10;
    private const int SlicesPerHugePageScan = 100;

    // Where none could be split, for they are none yet or the budget did not suffice.
    private const int SlicesUntilSplit = SlicesPerSecond;

    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(100);

    // What is still out has to be named, for which a busy machine takes its time.
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(10);

    private readonly TargetDescription _description;
    private readonly AccessRequest _request;
    private readonly DamonTracepoint _tracepoint;
    private readonly TextWriter _error;
    private readonly TargetProcess _target;
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private (AddressRange Range, double Heat)[]? _newRanges;

    /// <exception cref="TargetUnavailableException">It is gone.</exception>
    internal AccessThread(TargetDescription description, AccessRequest request, DamonTracepoint tracepoint, TextWriter error)
    {
        _description = description;
        _request = request;
        _tracepoint = tracepoint;
        _error = error;
        _target = TargetProcess.Open(description.Pid, description.StartTimeTicks);
        _thread = new Thread(Run) { IsBackground = true, Name = "who" };
        _thread.Start();
    }

    internal bool HasEnded => !_thread.IsAlive;

    internal bool IsOf(TargetDescription target) => target.Pid == _description.Pid && target.StartTimeTicks == _description.StartTimeTicks;

    /// <summary>Looks at other memory from now on, or at the hottest of it; from any thread.</summary>
    internal void SetRanges(List<(AddressRange Range, double Heat)> ranges)
    {
        if (ranges.Count > 0)
        {
            lock (_lock)
            {
                _newRanges = [.. ranges];
            }
        }
    }

    internal void AskToEnd() => _end.Cancel();

    public void Dispose()
    {
        _end.Cancel();
        if (_thread.Join(s_stopPatience))
        {
            _target.Dispose();
            _end.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            Sample();
        }
        catch (Exception problem) when (problem is DamonTraceException or IOException or UnauthorizedAccessException)
        {
            _error.WriteLine($"damon-trace: who accesses the memory of process {_description.Pid} is not known: {problem.Message}");
        }
    }

    private void Sample()
    {
        while (FirstRanges() is { } ranges && SampleProgram(ranges))
        {
        }
    }

    /// <summary>What the first snapshot found accessed; null when it ends before.</summary>
    private (AddressRange Range, double Heat)[]? FirstRanges()
    {
        (AddressRange Range, double Heat)[]? ranges;
        while ((ranges = TakeRanges()) is null)
        {
            if (_end.Token.WaitHandle.WaitOne(s_slice) || _target.HasExited)
            {
                return null;
            }
        }

        return ranges;
    }

    /// <summary>Samples until the end, or until the process executes another program: then true.</summary>
    private bool SampleProgram((AddressRange Range, double Heat)[] hot)
    {
        AskForMethods();
        using var symbols = new TargetSymbols(_target);
        using var hugePages = new HugePageScan(_target);
        using SplitRounds? split = OpenSplit();
        AddressRange[] ranges = HotMemory.Join(hot.Select(static one => one.Range));
        using var sampler = AccessSamplers.Open(_request.Sampler, _target, OptionsOf(ranges, symbols, split is not null), out Capability? fellBack);
        ranges = Choose(hot, sampler, symbols);
        sampler.SetRanges(ranges);
        var events = new AccessEvents(_description.TargetId, _request.Stacks, _tracepoint, symbols, sampler);
        var facts = new AccessSamplerFacts(_description, sampler, fellBack is null ? "" : $"no watchpoints here: {fellBack.Reason}");
        AccessSampleCallback take = events.Take;
        _tracepoint.OnSampler(facts.Now(lacksPerfMap: false));
        bool isSame = true;
        int nextHugePageScan = 0;
        for (int slice = 0; isSame && sampler.Run(s_slice, take, _end.Token) && !_end.IsCancellationRequested; slice++)
        {
            if (TakeRanges() is { } changed)
            {
                ranges = Choose(changed, sampler, symbols);
                sampler.SetRanges(ranges);
            }

            if (slice % SlicesPerSecond == 0)
            {
                isSame = symbols.IsSameProgram;
                events.Refresh();
                _tracepoint.OnSampler(facts.Now(symbols.LacksPerfMap && _request.Stacks));
            }

            split?.Look();
            if (slice >= nextHugePageScan || split?.IsDisturbed == true)
            {
                split?.End();
                List<AddressRange> huge = Tell(hugePages, ranges);
                nextHugePageScan = slice + (split?.Begin(huge) == false ? SlicesUntilSplit : SlicesPerHugePageScan);
            }
        }

        split?.End();
        sampler.Complete(take);
        _tracepoint.OnSampler(facts.Now(symbols.LacksPerfMap && _request.Stacks));
        Tell(hugePages, ranges);
        return !isSame;
    }

    private static AddressRange[] Choose((AddressRange Range, double Heat)[] hot, AccessSampler sampler, TargetSymbols symbols) =>
        sampler.Name == AccessSamplers.Names[0]
            ? HotMemory.Hottest(hot, symbols.Mappings, WatchedRanges)
            : HotMemory.Join(hot.Select(static one => one.Range));

    private void AskForMethods()
    {
        if (!_request.DotNetMethods)
        {
            return;
        }

        try
        {
            DotNetMethods.Ask(_target);
        }
        catch (UserErrorException problem)
        {
            _error.WriteLine($"damon-trace: {problem.Message}");
        }
    }

    private (AddressRange Range, double Heat)[]? TakeRanges()
    {
        lock (_lock)
        {
            (AddressRange Range, double Heat)[]? ranges = _newRanges;
            _newRanges = null;
            return ranges;
        }
    }

    private AccessSamplerOptions OptionsOf(AddressRange[] ranges, TargetSymbols symbols, bool alsoSplits) => new()
    {
        Ranges = ranges,
        TargetShare = alsoSplits ? _request.TargetShare / 2 : _request.TargetShare,
        OwnShare = _request.OwnShare,
        Seed = (ulong)Environment.TickCount64,
        FunctionStart = symbols.StartOf,
        KernelFunction = address => symbols.NameOf(address).Function,
    };

    private SplitRounds? OpenSplit()
    {
        if (!_request.AllowSplit)
        {
            return null;
        }

        if (HugePageSplit.TryOpen(_target, _request.TargetShare / 2, out Capability capability) is { } split)
        {
            return new SplitRounds(split, _description, _tracepoint);
        }

        _error.WriteLine($"damon-trace: no huge page of process {_description.Pid} is split: {capability.Reason}");
        return null;
    }

    private List<AddressRange> Tell(HugePageScan scan, AddressRange[] ranges)
    {
        List<AddressRange> huge = [];
        if (!scan.TryRead(ranges, huge))
        {
            return huge;
        }

        HugePageRun[] runs = [.. huge.Take(HugePages.MaxRuns).Select(static run => new HugePageRun { Start = run.Start, End = run.End })];
        var facts = new HugePages
        {
            TargetId = _description.TargetId,
            TimeNs = (ulong)Time.GetNs(Time.CLOCK_MONOTONIC),
            IsCut = huge.Count > runs.Length ? 1u : 0u,
        };
        _tracepoint.OnHugePages(in facts, runs);
        return huge;
    }
}
