using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.AccessBits;

[Collection(OwnMemoryBits.Name)]
[Trait("Category", KernelLab.Category)]
public sealed class CapabilityTests(ReaderFixture fixture)
{
    [Fact]
    public void Probe_AnswersWithAReasonOrYes()
    {
        Capability capability = AccessBitsCapability.Probe();

        Assert.Equal(capability.Available, capability.Reason is null);
    }

    [Fact]
    public void SelfTest_PassesWhereTheReaderWorks()
    {
        Capability capability = AccessBitsCapability.SelfTest(fixture.Reader);

        Assert.True(capability.Available, capability.Reason);
    }

    [Fact]
    public void SelfTest_MakesItsOwnReader()
    {
        _ = fixture.Reader;

        Assert.Equal(Capability.Yes, AccessBitsCapability.SelfTest());
    }

    [Fact]
    public void ProbeTarget_AcceptsOurselvesAndOurChildren()
    {
        _ = fixture.Reader;
        using Child child = Child.Sleep();

        Assert.True(AccessBitsCapability.ProbeTarget(fixture.OwnProcess).Available);
        Capability capability = AccessBitsCapability.ProbeTarget(child.Open());
        Assert.True(capability.Available, capability.Reason);
    }

    [Fact]
    public void ProbeTarget_RefusesProcessesThatHaveExited()
    {
        using Child child = Child.Sleep();
        TargetProcess process = child.Open();
        child.Kill();

        Capability capability = AccessBitsCapability.ProbeTarget(process);

        Assert.False(capability.Available);
        Assert.Contains($"{child.Pid}", capability.Reason, StringComparison.Ordinal);
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
