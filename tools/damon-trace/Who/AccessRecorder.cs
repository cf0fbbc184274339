using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Who;

/// <summary>
/// Samples who accesses the memory of the targets of a recording, all the time, and tells the tracepoint. Each target has a thread of its own,
/// which looks at the ranges that the latest snapshot found accessed.
/// </summary>
internal sealed class AccessRecorder(AccessRequest request, DamonTracepoint tracepoint, TextWriter error) : IDisposable
{
    /// <summary>Targets sampled at one time; further ones are only monitored.</summary>
    internal const int MaxTargets = 16;

    private readonly Dictionary<ulong, AccessThread> _targets = [];
    private readonly List<(AddressRange Range, double Heat)> _hot = [];
    private bool _hasSaidFull;

    /// <summary>A target was described; on the recorder's thread, as is all else.</summary>
    internal void OnTarget(TargetDescription target)
    {
        if (_targets.TryGetValue(target.TargetId, out AccessThread? known))
        {
            if (known.IsOf(target))
            {
                return;
            }

            known.Dispose();
            _targets.Remove(target.TargetId);
        }

        foreach ((ulong id, AccessThread ended) in _targets.Where(static entry => entry.Value.HasEnded).ToArray())
        {
            ended.Dispose();
            _targets.Remove(id);
        }

        if (_targets.Count >= MaxTargets)
        {
            if (!_hasSaidFull)
            {
                _hasSaidFull = true;
                error.WriteLine($"damon-trace: who accesses its memory is sampled of {MaxTargets} targets at one time; of others it is not known");
            }

            return;
        }

        try
        {
            _targets[target.TargetId] = new AccessThread(target, request, tracepoint, error);
        }
        catch (TargetUnavailableException)
        {
            // It has ended: the recorder will find out and say so.
        }
    }

    /// <summary>Takes the ranges that were accessed in a snapshot.</summary>
    internal void OnAggregated(ulong targetId, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates)
    {
        if (!_targets.TryGetValue(targetId, out AccessThread? target))
        {
            return;
        }

        _hot.Clear();
        for (int i = 0; i < regions.Length; i++)
        {
            ref readonly DamonRegion region = ref regions[i];
            if (region.NrAccesses > 0)
            {
                double heat = estimates.Length == regions.Length ? estimates[i].TouchedPages : (double)region.NrAccesses * region.Size;
                _hot.Add((new AddressRange(region.Start, region.End), heat));
            }
        }

        target.SetRanges(_hot);
    }

    /// <summary>Collects what is still out and tells the final counts; the session must still be there.</summary>
    public void Dispose()
    {
        foreach (AccessThread target in _targets.Values)
        {
            target.AskToEnd();
        }

        foreach (AccessThread target in _targets.Values)
        {
            target.Dispose();
        }

        _targets.Clear();
    }
}
