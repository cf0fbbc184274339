using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.Simulated;

/// <summary>
/// Plays a script of accesses over virtual time instead of looking at memory: for tests, documentation and demonstrations. The same
/// script, clock and seed give the same states.
/// </summary>
public sealed class SimulatedAccessCheck : IAccessCheck
{
    private readonly SimulatedAddressSpace _space;
    private readonly Func<long> _clockNs;
    private readonly IRandomSource _random;
    private long _oldSinceNs;

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

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Page;

    /// <summary>What must be known to read the numbers: <c>key=value</c> pairs.</summary>
    public string Labels { get; } = "accesses=simulated granularity=page flushed=yes";

    /// <inheritdoc/>
    public void MakeOld(ReadOnlySpan<ulong> addresses) => _oldSinceNs = _clockNs();

    /// <inheritdoc/>
    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        long now = _clockNs();
        for (int index = 0; index < addresses.Length; index++)
        {
            states[index] = _space.IsMapped(addresses[index]) && IsAccessed(addresses[index], now)
                ? AccessState.Accessed
                : AccessState.NotAccessed;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing.
    }

    private bool IsAccessed(ulong address, long now)
    {
        // By index: an enumerator of the interface would be garbage.
        for (int line = 0; line < Script.Count; line++)
        {
            SimulatedAccess access = Script[line];
            if (address >= access.Range.Start && address < access.Range.End && access.Overlaps(_oldSinceNs, now)
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
