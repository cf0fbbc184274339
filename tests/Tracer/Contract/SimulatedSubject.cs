using Damon.Trace.Tracer.AccessChecks.Simulated;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>The simulated check over its simulated address space.</summary>
public sealed class SimulatedSubject : AccessCheckSubject
{
    private const long WindowNs = 5_000_000;

    private readonly SimulatedAddressSpace _space;
    private readonly SimulatedAccessCheck _check;
    private long _nowNs;

    /// <summary>A hot mapping, an idle one and nothing else.</summary>
    public SimulatedSubject()
    {
        _space = new SimulatedAddressSpace(() => _nowNs, new AddressRange(0x10000, 0x20000), new AddressRange(0x30000, 0x40000));
        _check = new SimulatedAccessCheck(_space, () => _nowNs, new SeededRandom(1));
        Resume();
    }

    /// <inheritdoc/>
    public override IAccessCheck Check => _check;

    /// <inheritdoc/>
    public override ulong HotAddress => 0x11000;

    /// <inheritdoc/>
    public override ulong NeighbourAddress => 0x19000;

    /// <inheritdoc/>
    public override ulong IdleAddress => 0x31008;

    /// <inheritdoc/>
    public override IReadOnlyList<ulong> UnmappedAddresses => [0x1000, 0x40000];

    /// <inheritdoc/>
    public override bool LetTimePass()
    {
        _nowNs += WindowNs;
        return _check.Script.Count > 0;
    }

    /// <inheritdoc/>
    public override void Pause() => _check.Script.Clear();

    /// <inheritdoc/>
    public override void Resume() => _check.Script.Add(new SimulatedAccess(new AddressRange(0x10000, 0x18000)));

    /// <inheritdoc/>
    public override void End() => _space.ExitNs = _nowNs;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _check.Dispose();
}
