namespace Damon.Trace.Tracer.Kernel;

/// <summary>
/// Merges the samples of all rings into one order of time. A ring may show a sample a little after a younger one of another ring, so the
/// youngest are held back: <see cref="TakeUntil"/> gives out what nothing older can follow any more.
/// </summary>
internal sealed class TimeOrderedSamples
{
    private KernelSample[] _samples = new KernelSample[1024];
    private KernelSample[] _spare = new KernelSample[1024];
    private Key[] _keys = new Key[1024];
    private int _count;
    private bool _inOrder = true;
    private ulong _latestNs;

    internal int Count => _count;

    /// <summary>Samples that came after a younger one had been given out.</summary>
    internal ulong NrLate { get; private set; }

    internal void Add(in KernelSample sample)
    {
        if (_count == _samples.Length)
        {
            Array.Resize(ref _samples, _count * 2);
            Array.Resize(ref _spare, _count * 2);
            Array.Resize(ref _keys, _count * 2);
        }

        _inOrder &= _count == 0 || _samples[_count - 1].TimestampNs <= sample.TimestampNs;
        _samples[_count++] = sample;
    }

    /// <summary>
    /// The samples up to a time in their order, valid until the next call of <see cref="Add"/>; those of the same nanosecond in the order
    /// in which they came. A burst of one kdamond stays on one CPU and comes in order, so that sorting is the exception; allocates nothing.
    /// </summary>
    internal ReadOnlySpan<KernelSample> TakeUntil(ulong horizonNs)
    {
        if (!_inOrder)
        {
            Sort();
            _inOrder = true;
        }

        int taken = 0;
        while (taken < _count && _samples[taken].TimestampNs <= horizonNs)
        {
            NrLate += _samples[taken].TimestampNs < _latestNs ? 1u : 0;
            _latestNs = Math.Max(_latestNs, _samples[taken].TimestampNs);
            taken++;
        }

        return _samples.AsSpan(0, taken);
    }

    /// <summary>Forgets the samples the latest <see cref="TakeUntil"/> gave out.</summary>
    internal void Remove(int taken)
    {
        Array.Copy(_samples, taken, _samples, 0, _count - taken);
        _count -= taken;
    }

    /// <summary>Sorts small keys and moves every sample once: a sample is a hundred bytes.</summary>
    private void Sort()
    {
        for (int i = 0; i < _count; i++)
        {
            _keys[i] = new Key(_samples[i].TimestampNs, i);
        }

        _keys.AsSpan(0, _count).Sort();
        for (int i = 0; i < _count; i++)
        {
            _spare[i] = _samples[_keys[i].Index];
        }

        (_samples, _spare) = (_spare, _samples);
    }

    private readonly record struct Key(ulong TimestampNs, int Index) : IComparable<Key>
    {
        public int CompareTo(Key other) =>
            TimestampNs != other.TimestampNs ? TimestampNs.CompareTo(other.TimestampNs) : Index.CompareTo(other.Index);
    }
}
