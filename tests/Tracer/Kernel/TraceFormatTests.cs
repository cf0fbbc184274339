using Damon.Trace.Tracer.Kernel;

namespace Damon.Trace.Tracer.Tests.Kernel;

public class TraceFormatTests
{
    [Fact]
    public void Parse_FindsIdAndPlaces()
    {
        TraceFormat format = TraceFormat.Parse(Formats.Aggregated);
        Assert.Equal("damon_aggregated", format.Name);
        Assert.Equal(767, format.Id);
        Assert.Equal(new TraceField(24, 8), format["start"]);
        Assert.Equal(new TraceField(44, 4), format["age"]);
        Assert.Equal(new TraceField(4, 4), format["common_pid"]);
    }

    [Fact]
    public void Parse_FindsArraysAndDynamicFields()
    {
        TraceFormat format = TraceFormat.Parse(
            "name: x\nID: 1\nformat:\n\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
            + "\tfield:__data_loc u8[] probe_hits;\toffset:24;\tsize:4;\tsigned:0;\n");
        Assert.Equal(new TraceField(8, 16), format["comm"]);
        Assert.Equal(new TraceField(24, 4), format["probe_hits"]);
    }

    [Fact]
    public void Field_ThisKernelDoesNotHave_IsAbsentAndReadsAsZero()
    {
        TraceField field = TraceFormat.Parse(Formats.Aggregated)["probe_hits"];
        Assert.False(field.IsPresent);
        Assert.Equal(0UL, field.Read(new byte[64]));
    }

    [Fact]
    public void Field_CutOff_ReadsAsZero() => Assert.Equal(0UL, new TraceField(4, 8).Read(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }));

    [Theory]
    [InlineData("")]
    [InlineData("name: x\n")]
    [InlineData("name: x\nID: many\n")]
    [InlineData("ID: 4\n")]
    public void Parse_RefusesATextWithoutNameOrId(string text) => Assert.Throws<InvalidDataException>(() => TraceFormat.Parse(text));

    [Fact]
    public void Find_ReadsTheRunningKernel()
    {
        var found = new List<KernelTracepoint>();
        AccessChecks.Capability capability = KernelTracepoints.Find(KernelTracepoints.TracefsPlaces, found);
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        Assert.Equal(found.Count, found.Select(tracepoint => tracepoint.Id).Distinct().Count());
    }

    [Fact]
    public void Find_WithoutTracefs_SaysSo()
    {
        AccessChecks.Capability capability = KernelTracepoints.Find(["/nowhere/tracing"], []);
        Assert.False(capability.Available);
        Assert.Equal("tracefs is not mounted", capability.Reason);
    }

    [Fact]
    public void Find_WithoutDamon_SaysSo()
    {
        using var tracefs = new TemporaryDirectory();
        tracefs.Write("events/sched/sched_switch/format", "name: sched_switch\nID: 5\n");
        AccessChecks.Capability capability = KernelTracepoints.Find([tracefs.Path], []);
        Assert.Equal("the kernel has no damon:damon_aggregated tracepoint", capability.Reason);
        Assert.NotNull(capability.Hint);
    }
}
