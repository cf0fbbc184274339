namespace Damon.Trace.Reports.Memory;

/// <summary>A share of weighted accesses that were sampled. What one look saw several times is one draw: it is of one word at one moment.</summary>
internal sealed class WeightedShare
{
    private double _weight;
    private double _part;
    private double _squares;
    private double _ofProbe;
    private ulong? _probe;

    /// <summary>The share with its 95 % interval; null where nothing was added.</summary>
    public ShareInterval? Interval
    {
        get
        {
            double squares = _squares + (_ofProbe * _ofProbe);

            // Sums of the same weights in another order may differ in their last bit.
            return squares > 0 ? ShareInterval.OfWeights(Math.Clamp(_part / _weight, 0, 1), _weight * _weight / squares) : null;
        }
    }

    /// <summary>Adds an access; those of one look come one after the other.</summary>
    public void Add(ulong probe, double weight, bool isPart)
    {
        if (probe != _probe)
        {
            _squares += _ofProbe * _ofProbe;
            (_probe, _ofProbe) = (probe, 0);
        }

        _ofProbe += weight;
        _weight += weight;
        _part += isPart ? weight : 0;
    }
}
