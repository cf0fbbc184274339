using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Tests.AccessBits;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>The contract, kept on a real process with accessed bits.</summary>
public sealed class AccessBitsContractTests(ReaderFixture fixture) : AccessCheckContract, IClassFixture<ReaderFixture>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(40);

    /// <inheritdoc/>
    protected override AccessCheckSubject CreateSubject(Touch touch)
    {
        PageTableReader reader = fixture.Reader;
        return ExerciserSubject.Start(touch, target => new AccessBitsCheck(reader, target, s_interval));
    }
}
