namespace Damon.Trace.Tracer.Kernel;

/// <summary>
/// The kdamonds met so far. Files show the sampling interval that was asked for; the one that auto-tuning put in force is known from its
/// event only, so it wins until the files change.
/// </summary>
internal sealed class KernelKdamonds
{
    private const int MaxRetries = 3;

    private readonly KernelKdamondReader _reader;
    private readonly Dictionary<int, Known> _known = [];
    private Known? _latest;

    internal KernelKdamonds(KernelKdamondReader reader) => _reader = reader;

    /// <summary>Looks a kdamond up, and asks the files when it is new. A burst is of one kdamond: one comparison per event.</summary>
    /// <param name="tid">Its thread id.</param>
    /// <param name="isNew">True when it has not been announced yet.</param>
    internal KernelKdamond Get(int tid, out bool isNew)
    {
        isNew = false;
        if (_latest is { } latest && latest.FromFiles.Tid == tid)
        {
            return latest.Current;
        }

        if (!_known.TryGetValue(tid, out Known? known))
        {
            isNew = true;
            KernelKdamond described = _reader.Describe(tid);
            known = new Known { FromFiles = described, Current = described };
            _known.Add(tid, known);
        }

        _latest = known;
        return known.Current;
    }

    /// <summary>Asks which kdamonds run already. Once, at the start: later ones show themselves by their events.</summary>
    internal List<KernelKdamond> FindRunning()
    {
        var found = new List<KernelKdamond>();
        foreach (int tid in _reader.RunningTids().ToArray())
        {
            KernelKdamond kdamond = Get(tid, out bool isNew);
            if (isNew)
            {
                found.Add(kdamond);
            }
        }

        return found;
    }

    /// <summary>Reads the settings again; the kdamonds for which they have changed.</summary>
    internal List<KernelKdamond> Refresh()
    {
        var changed = new List<KernelKdamond>();
        foreach ((int tid, Known known) in _known)
        {
            KernelKdamond now = Describe(tid, known);

            // A thread that has ended keeps what was known of it, for the events of its that are still under way.
            if (!now.Equals(known.FromFiles) && now.Comm[0] != ':')
            {
                known.FromFiles = known.Current = now;
                changed.Add(now);
            }
        }

        return changed;
    }

    /// <summary>
    /// Notes a tuned sampling interval. The kernel keeps the number of samples in an aggregation, so the aggregation interval changes in
    /// the same proportion (mm/damon/core.c, 6.17 on).
    /// </summary>
    internal KernelKdamond Tune(int tid, ulong sampleUs)
    {
        Known known = _known[tid];
        if (known.Current.Attributes is { SampleUs: > 0 } attributes && known.FromFiles.Attributes is { SampleUs: > 0 } configured)
        {
            attributes.AggrUs = sampleUs * Math.Max(configured.AggrUs / configured.SampleUs, 1);
            attributes.SampleUs = sampleUs;
            known.Current = known.Current with { Attributes = attributes };
        }

        return known.Current;
    }

    /// <summary>An owner that was busy when it was asked is asked again, but not for ever: some kdamonds have no files at all.</summary>
    private KernelKdamond Describe(int tid, Known known)
    {
        string owner = known.FromFiles.Owner;
        return owner.Length == 0 && known.NrRetries++ < MaxRetries ? _reader.Describe(tid) : _reader.Describe(tid, owner);
    }

    private sealed class Known
    {
        internal int NrRetries { get; set; }

        internal required KernelKdamond FromFiles { get; set; }

        internal required KernelKdamond Current { get; set; }
    }
}
