using Damon.Trace.Cli.Recording;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Accesses;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Symbols;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Who;

/// <summary>One run of <c>who</c>.</summary>
internal sealed class WhoRun
{
    private static readonly TimeSpan s_slice = TimeSpan.FromSeconds(1);

    private readonly WhoRequest _request;
    private readonly TargetProcess _target;
    private readonly TargetSymbols _symbols;
    private readonly AccessNames _names;
    private readonly IReadOnlyList<WatchedRange> _ranges;
    private AccessesTally[] _tallies;
    private readonly Dictionary<int, string> _threadNames = [];
    private readonly List<string> _remarks = [];
    private bool _isCodeLeftOut;
    private FoldedStacks _stacks = new();
    private AccessSampler? _sampler;
    private WatchpointTrial? _trial;
    private long _watchedInVain;

    private WhoRun(WhoRequest request, TargetProcess target, TargetSymbols symbols, IReadOnlyList<WatchedRange> ranges)
    {
        _request = request;
        _target = target;
        _symbols = symbols;
        _names = new AccessNames(symbols);
        _ranges = ranges;
        _tallies = [.. ranges.Select(static _ => new AccessesTally())];
    }

    /// <exception cref="UserErrorException">There is no such memory, or nothing was seen to access it.</exception>
    /// <exception cref="AccessSamplerUnavailableException">Accesses cannot be sampled here.</exception>
    /// <exception cref="TargetUnavailableException">The process does not exist or is not ours to look at.</exception>
    internal static void Run(WhoRequest request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        ProcessNamespace.Check();
        using IDisposable endsItself = Interruption.EndsItself();
        using var target = TargetProcess.Open(request.Pid);
        if (request.DotNetMethods)
        {
            DotNetMethods.Ask(target);
        }

        using var symbols = new TargetSymbols(target);
        (IReadOnlyList<WatchedRange> ranges, string? remark) = RangeChoice.Of(request, symbols, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var run = new WhoRun(request, target, symbols, ranges);
        if (remark is not null)
        {
            run._remarks.Add(remark);
            run._isCodeLeftOut = true;
        }

        run.Sample(output, error, cancellation);
    }

    private void Sample(TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        _sampler = AccessSamplers.Open(_request.Sampler, _target, Options(), out Capability? fellBack);
        try
        {
            if (fellBack is not null)
            {
                _remarks.Add($"no watchpoints, so these are instructions beside the moments at which threads were looked at: {fellBack.Reason}");
            }

            error.WriteLine($"damon-trace: sampling {(_ranges.Count == 1 ? "one range" : $"{_ranges.Count} ranges")} of process {_request.Pid} "
                + $"by {_sampler.Name} for {HumanText.Seconds(_request.Duration)}");
            string comm = _target.Comm;
            _trial = _request.Sampler == AccessSamplers.Auto && fellBack is null ? new WatchpointTrial() : null;
            (TimeSpan passed, long cpuNs) = SampleForDuration(cancellation);
            if (_trial?.Outcome == WatchpointTrial.Verdict.InVain && !cancellation.IsCancellationRequested)
            {
                LookAtInstructions(_trial.Evidence, error);
                (passed, cpuNs) = SampleForDuration(cancellation);
            }

            _sampler.Complete(Take);
            Write(ResultOf(_sampler, comm, passed, cpuNs), output);
        }
        finally
        {
            _sampler.Dispose();
        }
    }

    /// <summary>Samples until the time is over, the program ends, or it is clear that this sampler sees too little.</summary>
    private (TimeSpan Passed, long CpuNs) SampleForDuration(CancellationToken cancellation)
    {
        TimeSpan slice = _request.Duration / 4 < s_slice ? _request.Duration / 4 : s_slice;
        long beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        long cpuBeganNs = Time.GetProcessCpuNs(_target.Pid);
        long cpuNs = 0;
        TimeSpan passed = TimeSpan.Zero;
        while (passed < _request.Duration && !cancellation.IsCancellationRequested)
        {
            TimeSpan left = _request.Duration - passed;
            bool alive = _sampler!.Run(left < slice ? left : slice, Take, cancellation);
            passed = TimeSpan.FromMicroseconds((Time.GetNs(Time.CLOCK_MONOTONIC) - beganNs) / 1e3);
            cpuNs = Math.Max(cpuNs, Time.GetProcessCpuNs(_target.Pid) - cpuBeganNs);
            if (!alive || !_symbols.IsSameProgram)
            {
                _remarks.Add(alive
                    ? $"the process executed another program after {ReportText.Seconds(passed.TotalSeconds)}: its memory is gone"
                    : $"the process ended after {ReportText.Seconds(passed.TotalSeconds)}");
                _trial = null;
                break;
            }

            _names.Refresh();
            AccessSamplerCounters counters = _sampler.Counters;
            if (_trial?.Outcome == WatchpointTrial.Verdict.Undecided
                && _trial.Take(counters.NrSettledHits, counters.NrSettledProbes) == WatchpointTrial.Verdict.InVain)
            {
                break;
            }
        }

        return (passed, cpuNs);
    }

    private void LookAtInstructions(string evidence, TextWriter error)
    {
        AccessSampler instructions = AccessSamplers.Open(AccessSamplers.Names[1], _target, Options(), out _);
        _watchedInVain = _sampler!.Counters.NrProbes;
        _sampler.Dispose();
        _sampler = instructions;

        // Shares of accesses and shares of CPU time do not add up.
        _tallies = [.. _ranges.Select(static _ => new AccessesTally())];
        _stacks = new FoldedStacks();
        error.WriteLine($"damon-trace: {evidence}, fewer than one in 20: sampling by {instructions.Name} from now on, for {HumanText.Seconds(_request.Duration)}");
    }

    private AccessSamplerOptions Options() => new()
    {
        Ranges = [.. _ranges.SelectMany(static range => range.Parts).OrderBy(static part => part.Start)],
        ProbesPerSecond = _request.ProbesPerSecond,
        Window = _request.Window,
        TargetShare = _request.TargetShare,
        OwnShare = _request.CpuBudget,
        Seed = (ulong)Environment.TickCount64,
        FunctionStart = _symbols.StartOf,
        KernelFunction = address => _symbols.NameOf(address).Function,
    };

    private void Take(in AccessSample sample, ReadOnlySpan<ulong> stack)
    {
        ulong address = sample.Address;
        int range = -1;
        for (int i = 0; i < _ranges.Count && range < 0; i++)
        {
            // An operand may begin before the range and reach into it.
            range = _ranges[i].Touches(address, sizeof(ulong)) ? i : -1;
        }

        if (range < 0)
        {
            return;
        }

        if (!_threadNames.TryGetValue(sample.Tid, out string? thread))
        {
            _threadNames[sample.Tid] = thread = _sampler!.NameOfThread(sample.Tid);
        }

        NamedAccess access = _names.NameOf(sample, stack, range);
        _tallies[range].Add(access);
        _stacks.Add(thread, access);
    }

    private AccessesResult ResultOf(AccessSampler sampler, string comm, TimeSpan passed, long cpuNs)
    {
        AccessSamplerCounters counters = sampler.Counters;
        if (_symbols.LacksPerfMap)
        {
            _remarks.Add("code compiled at run time has no names: no /tmp/perf-PID.map; of .NET, --dotnet-methods asks the runtime for it");
        }

        if (_trial is not null)
        {
            _remarks.Add(_trial.Outcome switch
            {
                WatchpointTrial.Verdict.InVain => $"by instructions and not by watchpoints: {_trial.Evidence}, fewer than one in 20",
                WatchpointTrial.Verdict.Worthwhile => $"by watchpoints: {_trial.Evidence}, not fewer than one in 20",
                _ => $"by watchpoints, for it was not clear that they see too little: {_trial.Evidence}; below one in 20 instructions would see more",
            });
        }

        if (counters.NrHits * 10 < counters.NrProbes && sampler.Name == AccessSamplers.Names[0])
        {
            _remarks.Add("most bytes looked at were not accessed in time: --window 100ms waits longer, --by instructions does without");
        }

        if (sampler.Doubt is { } doubt)
        {
            _remarks.Add(doubt);
        }

        return new AccessesResult
        {
            Pid = _request.Pid,
            Comm = comm,
            Sampler = sampler.Name,
            SharesOf = sampler.Unit,
            DurationSeconds = passed.TotalSeconds,
            Counts = new AccessesCounts
            {
                Probes = counters.NrProbes,
                Hits = counters.NrHits,
                Misses = counters.NrMisses,
                Accesses = counters.NrAccesses,
                NoDebugRegister = counters.NrNoRegister,
                ThreadsGone = counters.NrThreadsGone,
                Refused = counters.NrRefused,
                Lost = counters.NrLost,
                PutOff = counters.NrPutOff,
                UnknownAddress = counters.NrUnknown,
                Threads = Math.Max(sampler.NrThreads, _threadNames.Count),
                TargetCostSeconds = counters.TargetCostNs / 1e9,
                TargetCpuSeconds = cpuNs / 1e9,
                OwnCpuSeconds = counters.OwnCpuNs / 1e9,
            },
            Ranges = [.. _ranges.Select((range, i) => _tallies[i].ToResult(
                range.Start, range.End, range.Bytes, range.Name, range.FrequencyHz, tid => _threadNames.GetValueOrDefault(tid, "?")))],
            Remarks = _remarks,
        };
    }

    private void Write(AccessesResult result, TextWriter output)
    {
        if (result.Counts.Hits == 0)
        {
            throw Nothing(result.Counts);
        }

        if (_request.Folded)
        {
            _stacks.Write(output);
        }
        else if (_request.Json)
        {
            AccessesReport.WriteJson(result, output);
        }
        else
        {
            AccessesReport.WriteText(result, _request.Count, output);
        }
    }

    private UserErrorException Nothing(AccessesCounts counts)
    {
        if (_target.HasExited)
        {
            return new UserErrorException(
                $"process {_request.Pid} ended before an access was seen", "only what runs for a second or longer can be looked at", ExitCode.TargetGone);
        }

        long probes = counts.Probes + _watchedInVain;
        if (probes > 0)
        {
            return new UserErrorException(
                $"no access to it was seen in {probes} probes",
                _sampler!.Name == AccessSamplers.Names[0]
                    ? "is the process idle? --by instructions also sees memory of which a small part is accessed, --window 100ms watches longer"
                    : _isCodeLeftOut ? "code was left out, which is executed and not accessed; is there much else? --duration 1min looks more often"
                    : "is the process idle? --hottest looks at hot memory, --duration 1min more often",
                ExitCode.TargetGone);
        }

        return counts.NoDebugRegister > 0
            ? new UserErrorException(
                $"the debug registers of all threads of process {_request.Pid} are taken",
                "use --by instructions; a perf that has them gives them back at its end, and those that a debugger set stay taken until the thread ends", ExitCode.NoAccessCheck)
            : counts.Refused > 0
                ? new UserErrorException($"no thread of process {_request.Pid} could be looked at", "run as root or with CAP_PERFMON", ExitCode.NoAccessCheck)
                : new UserErrorException($"process {_request.Pid} used no CPU time", "is it idle? use a longer --duration", ExitCode.TargetGone);
    }
}
