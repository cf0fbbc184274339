using System.Globalization;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>The names of threads as of the event being delivered, as perf knows them.</summary>
internal sealed class ThreadNames
{
    /// <summary>PID_MAX_LIMIT of 64-bit kernels: no more threads can be told apart.</summary>
    private const int MaxThreads = 4 * 1024 * 1024;

    private const int MaxStrings = 64 * 1024;

    private readonly Dictionary<int, ThreadName> _names = [];
    private readonly Dictionary<ThreadName, string> _strings = [];
    private int _lastTid = -1;
    private string? _last;

    internal void Set(int tid, ThreadName name)
    {
        Forget(tid);
        if (_names.Count < MaxThreads || _names.ContainsKey(tid))
        {
            _names[tid] = name;
        }
    }

    /// <summary>A child has its parent's name; a parent without one leaves it without one, even if the id was used before.</summary>
    internal void Fork(int parentTid, int tid)
    {
        if (parentTid == tid)
        {
            return;
        }

        Forget(tid);
        if (_names.TryGetValue(parentTid, out ThreadName name))
        {
            Set(tid, name);
        }
        else
        {
            _names.Remove(tid);
        }
    }

    /// <summary>The same instance as long as the name stays the same. A comparison when it is the thread of the call before.</summary>
    internal string Get(int tid) => tid == _lastTid && _last is { } last ? last : GetOther(tid);

    private string GetOther(int tid)
    {
        _lastTid = tid;
        if (!_names.TryGetValue(tid, out ThreadName name))
        {
            return _last = tid == 0 ? "swapper" : string.Create(CultureInfo.InvariantCulture, $":{tid}");
        }

        if (!_strings.TryGetValue(name, out string? text))
        {
            if (_strings.Count == MaxStrings)
            {
                _strings.Clear();
            }

            text = name.Decode();
            _strings.Add(name, text);
        }

        return _last = text;
    }

    private void Forget(int tid)
    {
        if (tid == _lastTid)
        {
            _last = null;
        }
    }
}
