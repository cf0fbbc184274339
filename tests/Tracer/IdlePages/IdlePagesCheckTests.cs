using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.IdlePages;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.AccessBits;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.IdlePages;

/// <summary>Cases of one process's memory; run where the kernel has idle page tracking, usually in the kernel lab.</summary>
[Trait("Category", KernelLab.Category)]
[Trait("Category", KernelLab.OnlyCategory)]
[Collection(OwnMemoryBits.Name)]
public sealed class IdlePagesCheckTests : IDisposable
{
    // Pages just faulted in are not tracked until others have pushed them out of the kernel's per-CPU lists.
    private const int PushOut = 512;

    private readonly TestMapping _filler = TestMapping.SmallPages(PushOut);

    [Fact]
    public void SelfTest_PassesWhereTheProbeDoes()
    {
        RequireIdlePages();

        Assert.Equal(Capability.Yes, new IdlePagesKind().SelfTest());
    }

    [Fact]
    public void AHugePage_SharesOneBit()
    {
        RequireIdlePages();
        using TestMapping memory = TestMapping.HugePages(2);
        memory.WriteAll();
        _filler.WriteAll();
        Assert.SkipWhen(Smaps.ReadKb(memory.AddressOf(0), "AnonHugePages") != 4096, "no huge pages were to be had");

        AccessState[] untouched = Sample([memory.AddressOf(7), memory.AddressOf(300), memory.AddressOf(600)], static () => { });
        AccessState[] touched = Sample([memory.AddressOf(7), memory.AddressOf(300), memory.AddressOf(600)], () => Touch(memory, 100));

        Assert.All(untouched, static state => Assert.Equal(AccessState.NotAccessed, state));
        Assert.Equal([AccessState.Accessed, AccessState.Accessed, AccessState.NotAccessed], touched);
    }

    [Fact]
    public void SharedPages_AreAccessedWhoeverAccessesThem()
    {
        RequireIdlePages();
        using TestMapping memory = TestMapping.Shared(64);
        memory.WriteAll();
        _filler.WriteAll();

        Assert.All(Sample(memory.Addresses(), static () => { }), static state => Assert.Equal(AccessState.NotAccessed, state));
        AccessState[] touched = Sample(memory.Addresses(), () => Touch(memory, 9));
        Assert.Equal([9], Enumerable.Range(0, 64).Where(page => touched[page] == AccessState.Accessed));
    }

    [Fact]
    public void ZeroPages_AreNotPresent()
    {
        RequireIdlePages();
        using TestMapping memory = TestMapping.SmallPages(8);
        memory.ReadAll();

        Assert.All(Sample(memory.Addresses(), memory.ReadAll), static state => Assert.Equal(AccessState.NotPresent, state));
    }

    [Fact]
    public void PagesThatAppear_WereAccessed()
    {
        RequireIdlePages();
        using TestMapping memory = TestMapping.SmallPages(4);

        AccessState[] states = Sample(memory.Addresses(), () =>
        {
            memory.Write(2);
            _filler.WriteAll();
        });

        Assert.Equal([2], Enumerable.Range(0, 4).Where(page => states[page] == AccessState.Accessed));
    }

    public void Dispose() => _filler.Dispose();

    private static void RequireIdlePages()
    {
        Capability capability = new IdlePagesKind().Probe();
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
    }

    /// <summary>The kernel did not flush the TLB: without a new mapping of the page the processor might not mark it again.</summary>
    private static unsafe void Touch(TestMapping memory, int page)
    {
        Assert.Equal(0, mprotect(memory.Start, (size_t)memory.Length, PROT_READ));
        Assert.Equal(0, mprotect(memory.Start, (size_t)memory.Length, PROT_READ | PROT_WRITE));
        memory.Write(page);
    }

    private static AccessState[] Sample(ulong[] addresses, Action inTheWindow)
    {
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using var check = new IdlePagesCheck(self);
        var states = new AccessState[addresses.Length];
        check.MakeOld(addresses);
        inTheWindow();
        check.ReadYoung(addresses, states);
        return states;
    }
}
