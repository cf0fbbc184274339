namespace Damon.Trace.Tracer.Kernel;

/// <summary>
/// Merges the samples of all rings into one order of time. A ring may show a sample a little after a younger one of another ring, so the
/// youngest are held back: <see cref="TakeUntil"/> gives out what nothing older can follow any more.
/// </summary>
internal sealed class TimeOrderedSamples
{
    private KernelSample[] _samples = new KernelSample[1024];
    private int _count;
    private ulong _sequence;
    private ulong _latestNs;

    internal int Count => _count;

    /// <summary>Samples that came after a younger one had been given out.</summary>
    internal ulong NrLate { get; private set; }

    internal void Add(ref KernelSample sample)
    {
        if (_count == _samples.Length)
        {
            Array.Resize(ref _samples, _count * 2);
        }

        sample.Sequence = _sequence++;
        _samples[_count++] = sample;
    }

    /// <summary>
    /// The samples up to a time in their order, valid until the next call of <see cref="Add"/>. Bound by sorting what came since the call
    /// before; allocates nothing.
    /// </summary>
    internal ReadOnlySpan<KernelSample> TakeUntil(ulong horizonNs)
    {
        Span<KernelSample> waiting = _samples.AsSpan(0, _count);
        waiting.Sort(static (a, b) =>
            a.TimestampNs != b.TimestampNs ? a.TimestampNs.CompareTo(b.TimestampNs) : a.Sequence.CompareTo(b.Sequence));

        int taken = 0;
        while (taken < _count && waiting[taken].TimestampNs <= horizonNs)
        {
            NrLate += waiting[taken].TimestampNs < _latestNs ? 1u : 0;
            _latestNs = Math.Max(_latestNs, waiting[taken].TimestampNs);
            taken++;
        }

        return waiting[..taken];
    }

    /// <summary>Forgets the samples the latest <see cref="TakeUntil"/> gave out.</summary>
    internal void Remove(int taken)
    {
        Array.Copy(_samples, taken, _samples, 0, _count - taken);
        _count -= taken;
    }
}
