namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>The contract, kept by the simulated check.</summary>
public sealed class SimulatedContractTests : AccessCheckContract
{
    /// <inheritdoc/>
    protected override AccessCheckSubject CreateSubject(Touch touch) => new SimulatedSubject();
}
