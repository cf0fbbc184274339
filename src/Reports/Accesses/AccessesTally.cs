using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Accesses;

/// <summary>
/// Adds up the accesses to one range. Shares are shares of weight; what one look saw several times is one draw for their intervals, because
/// it is of one word at one moment.
/// </summary>
public sealed class AccessesTally
{
    private readonly Dictionary<(string Function, string Module, bool IsKernel), FunctionSum> _functions = [];
    private readonly Dictionary<int, Sum> _threads = [];
    private Sum _all;
    private Sum _kernel;
    private double _writes;
    private double _directionKnown;
    private double _noStack;
    private double _squares;
    private double _ofProbe;
    private long _probe = -1;
    private long _hits;

    /// <summary>Accesses added.</summary>
    public long NrAccesses => _all.Count;

    /// <summary>Weight of the accesses added.</summary>
    public double Weight => _all.Weight;

    /// <summary>Adds an access; those of one look come one after the other.</summary>
    public void Add(in NamedAccess access)
    {
        if (access.Probe != _probe)
        {
            _squares += _ofProbe * _ofProbe;
            (_probe, _ofProbe) = (access.Probe, 0);
            _hits++;
        }

        _ofProbe += access.Weight;
        _all = _all.With(access.Weight);
        _kernel = access.IsKernel ? _kernel.With(access.Weight) : _kernel;
        _directionKnown += access.IsWrite is null ? 0 : access.Weight;
        _writes += access.IsWrite == true ? access.Weight : 0;
        _noStack += access.Stack.Count == 0 ? access.Weight : 0;
        _threads[access.Tid] = _threads.GetValueOrDefault(access.Tid).With(access.Weight);
        (string, string, bool) key = (access.Function, access.Module, access.IsKernel);
        if (!_functions.TryGetValue(key, out FunctionSum? sum))
        {
            _functions[key] = sum = new FunctionSum();
        }

        sum.Add(access);
    }

    /// <summary>What came out.</summary>
    /// <param name="start">First byte of the range.</param>
    /// <param name="end">First byte after it.</param>
    /// <param name="bytes">Its memory: less than its length where it has gaps.</param>
    /// <param name="name">What it is.</param>
    /// <param name="frequencyHz">How hot it was found; null where nobody looked.</param>
    /// <param name="nameOfThread">Names a thread.</param>
    public AccessesRange ToResult(ulong start, ulong end, ulong bytes, string name, double? frequencyHz, Func<int, string> nameOfThread)
    {
        double squares = _squares + (_ofProbe * _ofProbe);
        double draws = squares > 0 ? _all.Weight * _all.Weight / squares : 0;
        return new AccessesRange
        {
            Start = start,
            End = end,
            Bytes = bytes,
            Name = name,
            FrequencyHz = frequencyHz,
            Hits = _hits,
            Accesses = _all.Count,
            EffectiveHits = draws,
            Writes = _directionKnown > 0 ? ShareOf(_writes, _directionKnown, draws * _directionKnown / _all.Weight) : null,
            Kernel = _all.Count > 0 ? ShareOf(_kernel.Weight, _all.Weight, draws) : null,
            UnknownDirectionShare = _all.Count > 0 ? 1 - (_directionKnown / _all.Weight) : 0,
            NoStackShare = _all.Count > 0 ? _noStack / _all.Weight : 0,
            Functions = [.. _functions.OrderByDescending(static pair => pair.Value.Weight).ThenBy(static pair => pair.Key.Function, StringComparer.Ordinal)
                .Select(pair => pair.Value.ToResult(pair.Key, _all.Weight, draws))],
            Threads = [.. _threads.OrderByDescending(static pair => pair.Value.Weight).ThenBy(static pair => pair.Key).Select(pair =>
            {
                AccessesShare share = ShareOf(pair.Value.Weight, _all.Weight, draws);
                return new AccessesThread(pair.Key, nameOfThread(pair.Key), pair.Value.Count, share.Share, share.Low, share.High);
            })],
        };
    }

    internal static AccessesShare ShareOf(double part, double whole, double draws)
    {
        // Sums of the same weights in another order may differ in their last bit.
        var interval = ShareInterval.OfWeights(Math.Clamp(part / whole, 0, 1), draws);
        return new AccessesShare(interval.Share, interval.Low, interval.High);
    }

    private readonly record struct Sum(long Count, double Weight)
    {
        public Sum With(double weight) => new(Count + 1, Weight + weight);
    }

    private sealed class FunctionSum
    {
        private readonly Dictionary<string, double> _callers = [];
        private long _count;
        private double _writes;
        private double _directionKnown;

        public double Weight { get; private set; }

        public void Add(in NamedAccess access)
        {
            _count++;
            Weight += access.Weight;
            _directionKnown += access.IsWrite is null ? 0 : access.Weight;
            _writes += access.IsWrite == true ? access.Weight : 0;
            if (access.Stack.Count > 0)
            {
                // A system call is entered by a function of the C library; who called that says more.
                string caller = access.Stack[access.IsKernel && access.Stack.Count > 1 ? 1 : 0];
                _callers[caller] = _callers.GetValueOrDefault(caller) + access.Weight;
            }
        }

        public AccessesFunction ToResult((string Function, string Module, bool IsKernel) key, double whole, double draws)
        {
            AccessesShare share = ShareOf(Weight, whole, draws);
            return new AccessesFunction
            {
                Function = key.Function,
                Module = key.Module,
                IsKernel = key.IsKernel,
                Caller = _callers.Count == 0 ? null : _callers.MaxBy(static pair => pair.Value).Key,
                Accesses = _count,
                Share = share.Share,
                Low = share.Low,
                High = share.High,
                WriteShare = _directionKnown > 0 ? Math.Clamp(_writes / _directionKnown, 0, 1) : null,
            };
        }
    }
}
