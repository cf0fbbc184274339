using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Where the next events of a relaying thread really come from, as <c>damon_trace_relayed</c> announced: their kdamond, CPU and times
/// replace those of the thread that relays them.
/// </summary>
internal sealed class RelayedEvents
{
    private readonly Dictionary<string, ContextAttributes> _contexts = [];
    private readonly Dictionary<int, string> _kdamonds = [];
    private uint[] _delaysNs = new uint[1024];
    private long _firstNs;
    private int _next;

    /// <summary>Events that are announced and have not come.</summary>
    public int Left { get; private set; }

    /// <summary>The thread that relays.</summary>
    public int Thread { get; private set; }

    public int Tid { get; private set; }

    public int Cpu { get; private set; }

    public string Kdamond { get; private set; } = "";

    /// <summary>Takes the intervals of a kdamond whose snapshots have no header to tell them.</summary>
    public void Describe(ContextDescription context) => _contexts[context.Kdamond] = context.Attributes;

    public void Announce(int thread, int tid, int cpu, long firstNs, string kdamond, ReadOnlySpan<uint> delaysNs)
    {
        if (!_kdamonds.TryGetValue(tid, out string? known) || known != kdamond)
        {
            _kdamonds[tid] = known = kdamond;
        }

        if (delaysNs.Length > _delaysNs.Length)
        {
            _delaysNs = new uint[delaysNs.Length];
        }

        delaysNs.CopyTo(_delaysNs);
        Thread = thread;
        Tid = tid;
        Cpu = cpu;
        Kdamond = known;
        _firstNs = firstNs;
        _next = 0;
        Left = delaysNs.Length;
    }

    /// <summary>Time of the next event.</summary>
    public long TakeTimeNs()
    {
        Left--;
        return _firstNs + _delaysNs[_next++];
    }

    /// <summary>Fills in what the description of its kdamond tells about a snapshot without header.</summary>
    public void Complete(Snapshot snapshot)
    {
        if (snapshot.AggrUs is null && _contexts.TryGetValue(snapshot.Kdamond, out ContextAttributes attributes) && attributes.AggrUs > 0)
        {
            snapshot.SampleUs = attributes.SampleUs;
            snapshot.AggrUs = attributes.AggrUs;
        }
    }
}
