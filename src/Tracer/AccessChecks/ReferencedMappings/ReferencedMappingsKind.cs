using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.ReferencedMappings;

/// <summary>What /proc/PID/smaps counts as referenced: whole mappings only, but for everyone's own processes.</summary>
internal sealed class ReferencedMappingsKind : AccessCheckKind
{
    private Capability? _capability;

    /// <inheritdoc/>
    public override string Name => "referenced-mappings";

    /// <inheritdoc/>
    public override string Summary => "whole mappings, reads and writes, no privileges";

    /// <inheritdoc/>
    public override AccessGranularity Granularity => AccessGranularity.Mapping;

    /// <inheritdoc/>
    public override Capability Probe() => ReferencedMappingsCheck.Probe();

    /// <inheritdoc/>
    public override Capability SelfTest() => _capability ??= ReferencedMappingsCheck.SelfTest();

    /// <inheritdoc/>
    public override Capability ProbeTarget(TargetProcess process, AccessCheckSettings settings)
    {
        try
        {
            // Opening one looks whether its files may be opened, and changes nothing.
            using var check = new ReferencedMappingsCheck(process);
            return Capability.Yes;
        }
        catch (TargetUnavailableException error)
        {
            return Capability.No(error.Message, error.Hint);
        }
    }

    /// <inheritdoc/>
    public override IAccessCheck Create(TargetProcess process, AccessCheckSettings settings) => new ReferencedMappingsCheck(process);
}
