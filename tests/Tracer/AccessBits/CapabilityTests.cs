using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.AccessBits;

namespace Damon.Trace.Tracer.Tests.AccessBits;

[Collection(ReaderTests.Name)]
[Trait("Category", KernelLab.Category)]
public sealed class CapabilityTests(ReaderFixture fixture)
{
    [Fact]
    public void Probe_AnswersWithAReasonOrYes()
    {
        Capability capability = AccessBitsCapability.Probe();

        Assert.Equal(capability.Available, capability.Reason is null);
    }

    [SkippableFact]
    public void SelfTest_PassesWhereTheReaderWorks()
    {
        Capability capability = AccessBitsCapability.SelfTest(fixture.Reader);

        Assert.True(capability.Available, capability.Reason);
    }

    [SkippableFact]
    public void SelfTest_MakesItsOwnReader()
    {
        _ = fixture.Reader;

        Assert.Equal(Capability.Yes, AccessBitsCapability.SelfTest());
    }

    [SkippableFact]
    public void ProbeTarget_AcceptsOurselvesAndOurChildren()
    {
        _ = fixture.Reader;
        using Child child = Child.Sleep();

        Assert.True(AccessBitsCapability.ProbeTarget(Environment.ProcessId).Available);
        Capability capability = AccessBitsCapability.ProbeTarget(child.Pid);
        Assert.True(capability.Available, capability.Reason);
    }

    [Fact]
    public void ProbeTarget_RefusesProcessesThatDoNotExist()
    {
        // Larger than the largest pid_max.
        Capability capability = AccessBitsCapability.ProbeTarget(1 << 23);

        Assert.False(capability.Available);
        Assert.Contains("8388608", capability.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Rivals_AreFoundByTheirState()
    {
        string root = Directory.CreateTempSubdirectory("damon-trace-test-").FullName;
        try
        {
            Assert.False(Rivals.HasKdamond(root));
            Directory.CreateDirectory(Path.Combine(root, "0"));
            File.WriteAllText(Path.Combine(root, "0", "state"), "off\n");
            Assert.False(Rivals.HasKdamond(root));
            Directory.CreateDirectory(Path.Combine(root, "1"));
            File.WriteAllText(Path.Combine(root, "1", "state"), "on\n");
            Assert.True(Rivals.HasKdamond(root));
            Assert.False(Rivals.HasKdamond(Path.Combine(root, "none")));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
