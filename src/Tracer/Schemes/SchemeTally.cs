using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>The sums of one scheme, and what it needs to act. Belongs to the kdamond's thread.</summary>
internal sealed class SchemeTally
{
    private readonly ulong[] _refused = new ulong[Enum.GetValues<SchemeRefusal>().Length];
    private readonly HashSet<ulong> _refusing = [];
    private readonly Dictionary<ulong, AddressSet> _planned = [];
    private long _actionNs;
    private ulong _asked;
    private ulong _applied;
    private ulong _returned;

    internal SchemeTally(AppliedScheme applied, RunningScheme running)
    {
        Applied = applied;
        Running = running;
        Rules = new PageRules(running.Scheme);
        foreach ((ulong targetId, SchemeException why) in applied.Refused)
        {
            LeaveOut(targetId, why.Message);
        }
    }

    internal AppliedScheme Applied { get; }

    internal RunningScheme Running { get; }

    internal PageRules Rules { get; }

    internal RefaultBrake Brake { get; } = new();

    /// <summary>Why some target is not acted on; null when none is left out.</summary>
    internal string? Problem { get; private set; }

    internal bool IsRefusedBy(ulong targetId) => _refusing.Contains(targetId);

    /// <summary>A target is not acted on any more; the others are.</summary>
    internal void LeaveOut(ulong targetId, string why)
    {
        _refusing.Add(targetId);
        Problem ??= why;
    }

    /// <summary>A target has gone.</summary>
    internal void Forget(ulong targetId)
    {
        _refusing.Remove(targetId);
        _planned.Remove(targetId);
    }

    /// <summary>In a dry run: bytes of pieces that were not planned before. What would be gone, or as it was to be, would not match again.</summary>
    internal ulong CountNew(ulong targetId, IReadOnlyList<AddressRange> pieces)
    {
        if (!_planned.TryGetValue(targetId, out AddressSet? planned))
        {
            _planned.Add(targetId, planned = new AddressSet());
        }

        ulong bytes = 0;
        foreach (AddressRange piece in pieces)
        {
            bytes += planned.Add(piece);
        }

        return bytes;
    }

    internal void Ask(ulong bytes) => _asked += bytes;

    internal void Apply(ulong bytes, long ns)
    {
        _applied += bytes;
        _actionNs += ns;
    }

    internal void Refuse(SchemeRefusal refusal, ulong bytes) => _refused[(int)refusal] += bytes;

    internal void Return(ulong bytes) => _returned += bytes;

    internal SchemeActivity ToActivity()
    {
        Dictionary<SchemeRefusal, ulong> refused = [];
        foreach (SchemeRefusal refusal in Enum.GetValues<SchemeRefusal>())
        {
            if (_refused[(int)refusal] > 0)
            {
                refused.Add(refusal, _refused[(int)refusal]);
            }
        }

        return new SchemeActivity
        {
            Counters = Running.Counters,
            AskedBytes = _asked,
            AppliedBytes = _applied,
            ReturnedBytes = _returned,
            Refused = refused,
            ActionTime = TimeSpan.FromMicroseconds(_actionNs / 1000.0),
            EffectiveBytes = Running.Scheme.Quota.IsSet ? Running.Quota.EffectiveSize : null,
            LeastAge = Running.LeastAge,
            IsOn = Running.IsOn,
            Problem = Problem,
            NrRefusingTargets = _refusing.Count,
        };
    }
}
