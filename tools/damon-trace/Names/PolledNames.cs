using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Names;

/// <summary>
/// Labels of one target during a recording: asked for at the begin, and again once a minute, or as rarely as a per cent of one CPU takes, on a thread of
/// its own. What cannot be asked is said once, and the recording goes on without it.
/// </summary>
internal sealed class PolledNames : INamedRanges
{
    /// <summary>Descriptions of so many fit into a stream once a minute, and into the records of idle times.</summary>
    internal const int MaxRanges = 800;

    private const double LargestShare = 0.01;

    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(6);

    private readonly TargetProcess _process;
    private readonly List<INameSource> _sources;
    private readonly string _kinds;
    private readonly INamedRanges? _names;
    private readonly TextWriter _error;
    private readonly ManualResetEventSlim _stopping = new(false);
    private readonly ManualResetEventSlim _answered = new(false);
    private volatile IReadOnlyList<NamedRange> _labels = [];
    private (IReadOnlyList<NamedRange> Labels, IReadOnlyList<NamedRange> Names, IReadOnlyList<NamedRange> Both) _joined = ([], [], []);
    private long _cpuNs;

    private PolledNames(TargetProcess process, IReadOnlyList<INameSource> sources, INamedRanges? names, TextWriter error)
    {
        // The recorder closes the process it was given when it ends; this one is asked from another thread.
        _process = process;
        _sources = [.. sources];
        _kinds = string.Join(',', sources.Select(static source => source.Kind));
        _names = names;
        _error = error;
    }

    /// <inheritdoc/>
    public string Label => string.Join(' ', (string[])[.. _names is null ? [] : (string[])[_names.Label], $"names={_kinds}"]);

    /// <inheritdoc/>
    public long CpuNs => Volatile.Read(ref _cpuNs) + (_names?.CpuNs ?? 0);

    /// <inheritdoc/>
    public IReadOnlyList<NamedRange> Ranges
    {
        get
        {
            (IReadOnlyList<NamedRange> labels, IReadOnlyList<NamedRange> names) = (_labels, _names?.Ranges ?? []);
            if (names.Count == 0)
            {
                return labels;
            }

            if (!ReferenceEquals(_joined.Labels, labels) || !ReferenceEquals(_joined.Names, names))
            {
                _joined = (labels, names, LabelRanges.Join(labels.Concat(names)));
            }

            return _joined.Both;
        }
    }

    /// <summary>Begins to ask, and waits some seconds for the first answers: a recording then has labels from its first snapshot on.</summary>
    /// <param name="processes">The targets; they stay the caller's.</param>
    /// <param name="sources">Who is asked, any of them from several threads.</param>
    /// <param name="names">What else is known of each; owned from now on. Empty for nothing.</param>
    /// <param name="error">Told the reasons, a line and a hint each.</param>
    internal static IReadOnlyList<INamedRanges> WatchAll(
        IReadOnlyList<TargetProcess> processes, IReadOnlyList<INameSource> sources, IReadOnlyList<INamedRanges> names, TextWriter error)
    {
        List<PolledNames> all = [.. processes.Select((process, i) => new PolledNames(process, sources, names.ElementAtOrDefault(i), error))];
        all.ForEach(static one => new Thread(one.Run) { Name = "names", IsBackground = true }.Start());
        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        all.ForEach(one => one._answered.Wait(TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64))));
        return all;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Set();
        _names?.Dispose();
    }

    private void Run()
    {
        TimeSpan wait = TimeSpan.Zero;
        while (!_stopping.Wait(wait))
        {
            long before = _cpuNs;
            if (!TryRead())
            {
                break;
            }

            _answered.Set();
            wait = TimeSpan.FromMilliseconds(Math.Max(s_period.TotalMilliseconds, (_cpuNs - before) / 1e6 / LargestShare));
        }

        _answered.Set();
    }

    /// <summary>False when there is nobody left to ask.</summary>
    private bool TryRead()
    {
        try
        {
            List<Mapping> mappings = [];
            if (!new MappingReader(_process).TryRead(mappings, out _))
            {
                return false;
            }

            List<NamedRange> found = [];
            for (int i = _sources.Count - 1; i >= 0; i--)
            {
                if (_sources[i].Knows(mappings))
                {
                    Read(i, mappings, found);
                }
            }

            _labels = LabelRanges.Coarsen(LabelRanges.Join(found), MaxRanges);
            return _sources.Count > 0;
        }
        catch (Exception gone) when (gone is ObjectDisposedException or TargetUnavailableException)
        {
            return false;
        }
    }

    private void Read(int source, List<Mapping> mappings, List<NamedRange> found)
    {
        try
        {
            found.AddRange(_sources[source].Read(_process, mappings, out long cpuNs));
            Volatile.Write(ref _cpuNs, _cpuNs + cpuNs);
        }
        catch (UserErrorException problem)
        {
            _error.WriteLine($"damon-trace: no {_sources[source].Kind} names of {_process.Pid}: {HumanText.OneLine(problem.Message)}");
            _error.WriteLine($"hint: {problem.Hint}");
            _sources.RemoveAt(source);
        }
    }
}
