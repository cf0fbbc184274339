using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.SoftDirty;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.AccessBits;

namespace Damon.Trace.Tracer.Tests.SoftDirty;

/// <summary>Cases of one process's memory; run where the kernel has soft-dirty bits, usually in the kernel lab.</summary>
[Trait("Category", KernelLab.Category)]
[Trait("Category", KernelLab.OnlyCategory)]
[Collection(OwnMemoryBits.Name)]
public sealed class SoftDirtyCheckTests
{
    [Fact]
    public void SelfTest_PassesWhereTheProbeDoes()
    {
        RequireSoftDirty();

        Assert.Equal(Capability.Yes, new SoftDirtyKind().SelfTest());
    }

    [Fact]
    public void OnlyWrittenPagesThatExist_AreAccessed()
    {
        RequireSoftDirty();
        using TestMapping memory = TestMapping.SmallPages(32);
        for (int page = 0; page < 16; page++)
        {
            memory.Write(page);
        }

        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using var check = new SoftDirtyCheck(self);
        ulong[] addresses = memory.Addresses();
        var states = new AccessState[addresses.Length];
        check.MakeOld(addresses);
        _ = memory.Read(1);
        memory.Write(2);
        memory.Write(20);
        check.ReadYoung(addresses, states);

        Assert.Equal([2, 20], Enumerable.Range(0, 32).Where(page => states[page] == AccessState.Accessed));
    }

    [Fact]
    public void AMappingOfTheWindow_CountsOnlyWhereItHasPages()
    {
        RequireSoftDirty();
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using var check = new SoftDirtyCheck(self);
        check.MakeOld([0x1000]);
        using TestMapping memory = TestMapping.SmallPages(4);
        memory.Write(1);
        var states = new AccessState[4];

        check.ReadYoung(memory.Addresses(), states);

        Assert.Equal([1], Enumerable.Range(0, 4).Where(page => states[page] == AccessState.Accessed));
    }

    private static void RequireSoftDirty()
    {
        Capability capability = new SoftDirtyKind().Probe();
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
    }
}
