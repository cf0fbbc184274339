using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>Opens what it takes to look at every page.</summary>
internal static class ExactReader
{
    /// <summary>A reader that passed its self-test; the caller's to dispose.</summary>
    /// <param name="processes">The processes it must serve.</param>
    /// <exception cref="UserErrorException">Pages cannot be looked at here.</exception>
    internal static PageTableReader Open(IReadOnlyList<TargetProcess> processes)
    {
        Capability capability = AccessBitsCapability.Probe();
        PageTableReader? reader = capability.Available ? PageTableReader.TryCreate(out capability) : null;
        if (reader is not null)
        {
            capability = AccessBitsCapability.SelfTest(reader);
            capability = processes.Select(Probe).Prepend(capability).FirstOrDefault(each => !each.Available) ?? capability;
            if (capability.Available && ExactScan.MissingHere is { } missing)
            {
                capability = Capability.No(missing.Reason, missing.Hint);
            }
        }

        if (capability.Available)
        {
            return reader!;
        }

        reader?.Dispose();
        throw new UserErrorException($"pages cannot be looked at one by one here: {capability.Reason}", capability.Hint, ExitCode.NoAccessCheck);
    }

    /// <summary>That a process has exited meanwhile is found out by whoever looks at it.</summary>
    private static Capability Probe(TargetProcess process)
    {
        Capability capability = AccessBitsCapability.ProbeTarget(process);
        return capability.Available || process.HasExited ? Capability.Yes : capability;
    }
}
