using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.Simulated;

/// <summary>
/// Plays a script of accesses over virtual time instead of looking at memory: for tests, documentation and demonstrations. The same
/// script, clock and seed give the same states. Pages can be followed as well, and some memory can be of the kinds that only a sweep makes
/// old or nothing does.
/// </summary>
public sealed class SimulatedAccessCheck : IAccessCheck, IYoungPages
{
    private const ulong PageSize = 4096;

    private readonly SimulatedAddressSpace _space;
    private readonly Func<long> _clockNs;
    private readonly IRandomSource _random;

    // When each followed page was made old the latest time.
    private readonly Dictionary<ulong, long> _oldSinceNs = [];
    private readonly List<AddressRange> _taken = [];
    private AddressRange[] _takenNow = [];
    private long _windowBeginNs;
    private long _sweptNs;
    private bool _wasSwept;
    private bool _isJustSwept;
    private bool _isWindowSwept;

    /// <summary>A check of the given address space; the script may be changed between two passes.</summary>
    public SimulatedAccessCheck(SimulatedAddressSpace space, Func<long> clockNs, IRandomSource random, params SimulatedAccess[] script)
    {
        ArgumentNullException.ThrowIfNull(script);
        _space = space;
        _clockNs = clockNs;
        _random = random;
        Script = [.. script];
    }

    /// <summary>The accesses; where ranges overlap each has its chance.</summary>
    public IList<SimulatedAccess> Script { get; }

    /// <summary>Memory that only a sweep makes old.</summary>
    public IList<AddressRange> SweptRanges { get; } = [];

    /// <summary>Memory that nothing makes old.</summary>
    public IList<AddressRange> UnclearableRanges { get; } = [];

    /// <summary>Sweeps made.</summary>
    public int Sweeps { get; private set; }

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Page;

    /// <summary>What must be known to read the numbers: <c>key=value</c> pairs.</summary>
    public string Labels { get; } = "accesses=simulated granularity=page flushed=yes";

    /// <summary>As soon as a page was met that only a sweep makes old.</summary>
    public bool NeedsSweep { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<AddressRange> TakenYoung => _takenNow.AsSpan(0, _taken.Count);

    /// <inheritdoc/>
    public bool Sweep()
    {
        Sweeps++;
        _sweptNs = _clockNs();
        _wasSwept = true;
        _isJustSwept = true;
        foreach (ulong page in _oldSinceNs.Keys)
        {
            _oldSinceNs[page] = _sweptNs;
        }

        return true;
    }

    /// <inheritdoc/>
    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        long now = _clockNs();
        _taken.Clear();
        _isWindowSwept = _isJustSwept;
        _windowBeginNs = _isJustSwept ? _sweptNs : now;
        _isJustSwept = false;
        for (int i = 0; !_isWindowSwept && i < addresses.Length; i++)
        {
            ulong page = addresses[i] / PageSize * PageSize;
            if (_oldSinceNs.TryGetValue(page, out long oldSinceNs) && IsExact(page))
            {
                _oldSinceNs[page] = now;
                if (IsAccessed(page, oldSinceNs, now))
                {
                    _taken.Add(new AddressRange(page, page + PageSize));
                }
            }
        }

        if (_takenNow.Length < _taken.Count)
        {
            _takenNow = new AddressRange[_taken.Count];
        }

        _taken.CopyTo(_takenNow);
    }

    /// <inheritdoc/>
    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        long now = _clockNs();
        for (int i = 0; i < addresses.Length; i++)
        {
            ulong address = addresses[i];
            states[i] = !_space.IsPresent(address) ? AccessState.NotPresent
                : SimulatedAddressSpace.Contains(UnclearableRanges, address) ? AccessState.Unclearable
                : SimulatedAddressSpace.Contains(SweptRanges, address) ? Swept(address, now, _isWindowSwept)
                : IsAccessed(address, _windowBeginNs, now) ? AccessState.Accessed
                : AccessState.NotAccessed;
        }
    }

    /// <inheritdoc/>
    /// <remarks>A page that is looked at for the first time was last made old before the script began.</remarks>
    public void TakeYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        long now = _clockNs();
        for (int i = 0; i < addresses.Length; i++)
        {
            ulong page = addresses[i] / PageSize * PageSize;
            if (!_space.IsPresent(page))
            {
                states[i] = AccessState.NotPresent;
            }
            else if (!IsExact(page))
            {
                states[i] = SimulatedAddressSpace.Contains(UnclearableRanges, page) ? AccessState.Unclearable : Swept(page, now, _wasSwept);
            }
            else
            {
                long oldSinceNs = _oldSinceNs.GetValueOrDefault(page, long.MinValue);
                states[i] = IsAccessed(page, oldSinceNs, now) ? AccessState.Accessed : AccessState.NotAccessed;
                _oldSinceNs[page] = now;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing.
    }

    private bool IsExact(ulong address) =>
        !SimulatedAddressSpace.Contains(SweptRanges, address) && !SimulatedAddressSpace.Contains(UnclearableRanges, address);

    private AccessState Swept(ulong address, long now, bool isKnown)
    {
        NeedsSweep = true;
        return !isKnown ? AccessState.AwaitsSweep
            : IsAccessed(address, _sweptNs, now) ? AccessState.SweptAccessed
            : AccessState.SweptNotAccessed;
    }

    private bool IsAccessed(ulong address, long fromNs, long toNs)
    {
        // By index: an enumerator of the interface would be garbage.
        for (int line = 0; line < Script.Count; line++)
        {
            SimulatedAccess access = Script[line];
            if (address >= access.Range.Start && address < access.Range.End && access.Overlaps(fromNs, toNs)
                && (access.Probability >= 1 || NextUnit() < access.Probability))
            {
                return true;
            }
        }

        return false;
    }

    // The upper 53 bits, as many as a double holds exactly.
    private double NextUnit() => (_random.NextUInt64() >> 11) * (1.0 / (1ul << 53));
}
