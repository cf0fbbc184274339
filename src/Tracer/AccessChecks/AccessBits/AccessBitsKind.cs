using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Accessed bits of page tables, read by BPF: the best there is, with the privileges it takes.</summary>
internal sealed class AccessBitsKind : AccessCheckKind
{
    // One reader serves all targets of the process and lives as long as it does: loading takes tens of milliseconds.
    private PageTableReader? _reader;
    private Capability? _capability;

    /// <inheritdoc/>
    public override string Name => "access-bits";

    /// <inheritdoc/>
    public override string Summary => "every page, reads and writes, exact windows";

    /// <inheritdoc/>
    public override string? Unproved =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? null : "written for arm64, never run on one";

    /// <inheritdoc/>
    public override Capability Probe() => AccessBitsCapability.Probe();

    /// <inheritdoc/>
    public override Capability SelfTest()
    {
        if (_capability is null)
        {
            _capability = AccessBitsCapability.Probe();
            if (_capability.Available)
            {
                _reader = PageTableReader.TryCreate(out _capability);
                _capability = _reader is null ? _capability : AccessBitsCapability.SelfTest(_reader);
            }
        }

        return _capability;
    }

    /// <inheritdoc/>
    public override Capability ProbeTarget(TargetProcess process, AccessCheckSettings settings)
        => AccessBitsCapability.ProbeTarget(process);

    /// <inheritdoc/>
    public override IAccessCheck Create(TargetProcess process, AccessCheckSettings settings)
    {
        Capability capability = SelfTest();
        if (!capability.Available)
        {
            throw new InvalidOperationException($"{Name} does not work here: {capability.Reason}");
        }

        var options = new AccessBitsOptions { HopToTargetCpu = settings.Realtime ? true : null };
        var check = new AccessBitsCheck(_reader!, process, TimeSpan.FromMicroseconds(settings.SampleUs), options);
        check.StartOld();
        return check;
    }
}
