using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// Names the heap of one .NET target, by a process of its own (<see cref="Commands.DotNetHeapCommand"/>) that reads the collector's tables in
/// the target's memory. That process may crash; it is started again, and the recording goes on with the names it has. It ends with the
/// recording, however that ends: its stdin does.
/// </summary>
internal sealed class DotNetHeap : INamedRanges
{
    private const int MaxStarts = 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly int _pid;
    private readonly ulong _startTimeTicks;
    private readonly TextWriter _error;
    private readonly ManualResetEventSlim _answered = new(false);
    private readonly ManualResetEventSlim _stopping = new(false);
    private readonly Lock _changing = new();
    private Process? _reader;
    private volatile NamedRange[] _ranges = [];
    private volatile string _label = "dotnet_names=pending";
    private long _cpuOfEndedNs;
    private long _cpuNs;

    private DotNetHeap(TargetProcess process, TextWriter error)
    {
        _pid = process.Pid;
        _startTimeTicks = process.StartTimeTicks;
        _error = TextWriter.Synchronized(error);
    }

    /// <inheritdoc/>
    public string Label => _label;

    /// <inheritdoc/>
    public long CpuNs => Volatile.Read(ref _cpuNs);

    /// <inheritdoc/>
    public IReadOnlyList<NamedRange> Ranges => _ranges;

    /// <summary>
    /// Begins to look at the heaps of processes, and waits some seconds for their first names or for the reason why there are none: a
    /// recording then has names from its first snapshot on.
    /// </summary>
    /// <param name="processes">The targets; they stay the caller's.</param>
    /// <param name="error">Told the reasons, a line and a hint each.</param>
    internal static IReadOnlyList<DotNetHeap> WatchAll(IReadOnlyList<TargetProcess> processes, TextWriter error)
    {
        List<DotNetHeap> heaps = [];
        foreach (TargetProcess process in processes)
        {
            var heap = new DotNetHeap(process, error);
            new Thread(heap.Run) { Name = "dotnet-names", IsBackground = true }.Start();
            heaps.Add(heap);
        }

        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        foreach (DotNetHeap heap in heaps)
        {
            heap._answered.Wait(TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64)));
        }

        return heaps;
    }

    /// <summary>Ends the process that reads. Returns at once: it is called where checks are made.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            _stopping.Set();
            if (_reader is { HasExited: false })
            {
                _reader.Kill();
            }
        }
    }

    private void Run()
    {
        TimeSpan pause = s_shortestPause;
        for (int i = 0; i < MaxStarts && ReadUntilItEnds(); i++)
        {
            if (_stopping.Wait(pause))
            {
                return;
            }

            pause = pause * 2 > s_longestPause ? s_longestPause : pause * 2;
        }

        // What the ranges were last may be anything by now.
        _ranges = [];
        _label = "dotnet_names=none";
        _answered.Set();
    }

    /// <summary>False when there is no sense in another try.</summary>
    private bool ReadUntilItEnds()
    {
        using Process? reader = Start();
        if (reader is null)
        {
            return false;
        }

        Task<string> explanation = reader.StandardError.ReadToEndAsync();
        while (HeapText.TryRead(reader.StandardOutput, out NamedRange[]? ranges, out bool complete, out long cpuNs))
        {
            _ranges = ranges ?? _ranges;
            Volatile.Write(ref _cpuNs, _cpuOfEndedNs + cpuNs);
            if (complete)
            {
                _label = "dotnet_names=read";
                _answered.Set();
            }
        }

        if (!reader.HasExited)
        {
            // Also when it said what it cannot say.
            reader.StandardInput.Close();
            reader.WaitForExit(s_shortestPause);
            reader.Kill();
        }

        reader.WaitForExit();
        _cpuOfEndedNs = CpuNs;
        lock (_changing)
        {
            _reader = null;
        }

        if (reader.ExitCode is not (ExitCode.NoAccessCheck or ExitCode.Usage))
        {
            return reader.ExitCode is not (ExitCode.Ok or ExitCode.TargetGone) && !_stopping.IsSet;
        }

        _error.Write(explanation.Result);
        return false;
    }

    private Process? Start()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "damon-trace");
        string[] arguments =
        [
            "dotnet-heap", _pid.ToString(CultureInfo.InvariantCulture), _startTimeTicks.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Nobody is to debug, or to trace, a process that looks into another one.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        lock (_changing)
        {
            try
            {
                return _stopping.IsSet ? null : _reader = Process.Start(start);
            }
            catch (Win32Exception error)
            {
                _error.WriteLine($"damon-trace: cannot start {program} to find names in process {_pid}: {error.Message}");
                return null;
            }
        }
    }
}
