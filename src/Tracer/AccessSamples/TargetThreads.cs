using System.Buffers.Text;
using System.Globalization;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>
/// The threads of a target and how much CPU time each has used lately. A thread that sleeps accesses nothing, so threads are drawn in
/// proportion to their time, with a fifth of the draws spread over all of them: one that wakes is found, and 100 that sleep do not use up the
/// probes. Whoever draws divides by the probability, so that every thread counts alike.
/// </summary>
internal sealed class TargetThreads(TargetProcess target)
{
    // Share of the draws that any thread gets alike.
    private const double EvenShare = 0.2;

    private readonly Dictionary<int, long> _cpuNs = [];
    private readonly List<(int Tid, double Busy)> _threads = [];
    private double _busy;

    internal int Count => _threads.Count;

    internal IEnumerable<int> Tids => _threads.Select(static thread => thread.Tid);

    /// <summary>Reads who there is: one small file a thread, about 5 us each. False when the process has none any more.</summary>
    internal bool Refresh()
    {
        _threads.Clear();
        _busy = 0;
        Span<byte> buffer = stackalloc byte[128];
        try
        {
            foreach (string folder in Directory.EnumerateDirectories($"/proc/{target.Pid}/task"))
            {
                int tid = int.Parse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture);

                // /proc/PID/task/TID/schedstat: nanoseconds on a CPU, nanoseconds waited, number of time slices.
                int length = target.Proc.Read($"task/{tid}/schedstat", buffer);
                long cpuNs = length > 0 && Utf8Parser.TryParse(buffer[..length], out long read, out _) ? read : 0;
                double busy = Math.Max(0, cpuNs - _cpuNs.GetValueOrDefault(tid, cpuNs));
                _cpuNs[tid] = cpuNs;
                _threads.Add((tid, busy));
                _busy += busy;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It has exited, so it has no threads; or some have been read before it did.
        }

        if (_cpuNs.Count > _threads.Count * 2)
        {
            HashSet<int> alive = [.. Tids];
            _cpuNs.Keys.Where(tid => !alive.Contains(tid)).ToList().ForEach(tid => _cpuNs.Remove(tid));
        }

        return _threads.Count > 0;
    }

    /// <summary>Draws a thread. At least one is there.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="probability">How likely that thread was.</param>
    internal int Draw(IRandomSource random, out double probability)
    {
        double even = _busy > 0 ? EvenShare : 1;
        double draw = (random.NextUInt64() >> 11) * (1.0 / (1UL << 53));
        int chosen = _threads.Count - 1;
        for (int i = 0; i < _threads.Count; i++)
        {
            draw -= Probability(i, even);
            if (draw < 0)
            {
                chosen = i;
                break;
            }
        }

        probability = Probability(chosen, even);
        return _threads[chosen].Tid;
    }

    private double Probability(int i, double even) => (even / _threads.Count) + (_busy > 0 ? (1 - even) * _threads[i].Busy / _busy : 0);
}
