using Damon.Trace.Events;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>The latest footprint of one target: filled by the <see cref="FootprintThread"/>, taken by the kdamond, each once.</summary>
internal sealed class TargetFootprint
{
    private readonly Lock _lock = new();
    private Footprint _latest;
    private bool _fresh;
    private volatile bool _isLetGo;

    /// <param name="targetId">Index of the target in its context.</param>
    /// <param name="proc">Owned from now on: the thread goes on reading while the kdamond lets go of an exited target.</param>
    internal TargetFootprint(ulong targetId, ProcDirectory proc)
    {
        TargetId = targetId;
        Proc = proc;
    }

    internal ulong TargetId { get; }

    internal ProcDirectory Proc { get; }

    /// <summary>Nobody takes it any more; the thread that reads lets go of it.</summary>
    internal bool IsLetGo
    {
        get => _isLetGo;
        set => _isLetGo = value;
    }

    internal void Put(in Footprint footprint)
    {
        lock (_lock)
        {
            // A proportional size that nobody has taken yet is not lost: on a busy machine snapshots may be seconds apart.
            ulong waiting = _fresh ? _latest.PssBytes : Footprint.Unknown;
            _latest = footprint;
            _latest.PssBytes = footprint.PssBytes == Footprint.Unknown ? waiting : footprint.PssBytes;
            _fresh = true;
        }
    }

    /// <summary>False when nothing was read since the latest call.</summary>
    internal bool TryTake(out Footprint footprint)
    {
        lock (_lock)
        {
            footprint = _latest;
            bool fresh = _fresh;
            _fresh = false;
            return fresh;
        }
    }
}
