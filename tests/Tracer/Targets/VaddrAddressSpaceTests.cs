using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Exerciser;

namespace Damon.Trace.Tracer.Tests.Targets;

public sealed class VaddrAddressSpaceTests
{
    [Fact]
    public void Ranges_are_the_accessible_mappings_in_order()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 1M --hot 4K --warm 4K --mmaps 3 --throttle 10ms --duration 20s");
        using TargetProcess target = TargetProcess.Open(exerciser.Pid);
        var space = new VaddrAddressSpace(target);
        var ranges = new List<AddressRange>();

        Assert.True(space.TryReadMappings(ranges));

        Assert.Contains(new AddressRange(exerciser["hot"].Start, exerciser["cold"].End), ranges);
        ulong small = exerciser["mmaps"].Start;
        Assert.Contains(new AddressRange(small, small + 4096), ranges);
        Assert.Contains(new AddressRange(small + 4096, small + 8192), ranges);
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
        Assert.Equal(ranges.Count, space.Mappings.Count);
        Assert.DoesNotContain(space.Mappings, mapping => mapping.Permissions.StartsWith("---", StringComparison.Ordinal));
        Assert.DoesNotContain(space.Mappings, mapping => mapping.Name is "[vvar]" or "[vsyscall]");
        Assert.Contains(space.Mappings, mapping => mapping.Name == "[stack]");
        Assert.Equal(1u, space.Generation);
    }

    [Fact]
    public void The_generation_counts_changes_and_exec_is_one()
    {
        using ChildProcess child = ChildProcess.Start("/bin/sh", "-c", "sleep 0.7; exec sleep 5");
        using TargetProcess target = TargetProcess.Open(child.Pid);
        var space = new VaddrAddressSpace(target);
        var ranges = new List<AddressRange>();
        Assert.True(SpinWait.SpinUntil(() => target.Comm == "sh", 2000));
        Thread.Sleep(200);
        Assert.True(space.TryReadMappings(ranges));
        uint generation = space.Generation;
        AddressRange[] shell = [.. ranges];

        Assert.True(space.TryReadMappings(ranges));
        Assert.Equal(generation, space.Generation);
        Assert.Equal(shell, ranges);

        Assert.True(SpinWait.SpinUntil(() => target.Comm == "sleep", 3000));
        Thread.Sleep(50);
        Assert.True(space.TryReadMappings(ranges));
        Assert.True(space.Generation > generation);
        Assert.NotEqual(shell, ranges);
        Assert.Contains(space.Mappings, mapping => mapping.Name.EndsWith("/sleep", StringComparison.Ordinal));
    }

    [Fact]
    public void A_target_that_has_exited_cannot_be_read()
    {
        using ChildProcess child = ChildProcess.Start("sleep", "100");
        using TargetProcess target = TargetProcess.Open(child.Pid);
        var space = new VaddrAddressSpace(target);
        var ranges = new List<AddressRange>();
        Assert.True(space.TryReadMappings(ranges));

        child.Kill();

        Assert.False(space.TryReadMappings(ranges));
        Assert.Empty(ranges);
        Assert.NotEmpty(space.Mappings);
    }

    [Fact]
    public void Another_process_with_the_same_pid_is_not_read()
    {
        using TargetProcess target = TargetProcess.Open(Environment.ProcessId);
        target.StartTimeTicks--;

        Assert.False(target.IsAlive);
        Assert.False(new VaddrAddressSpace(target).TryReadMappings([]));
    }

    [Fact]
    public void Descriptions_carry_target_generation_and_count()
    {
        using TargetProcess target = TargetProcess.Open(Environment.ProcessId);
        var space = new VaddrAddressSpace(target);
        Assert.True(space.TryReadMappings([]));
        var descriptions = new List<MappingDescription>();

        space.Describe(3, descriptions);

        Assert.Equal(space.Mappings.Count, descriptions.Count);
        var expected = (3ul, 1u, (uint)descriptions.Count);
        Assert.All(descriptions, description =>
            Assert.Equal(expected, (description.TargetId, description.Generation, description.NrMappings)));
        Assert.Equal(space.Mappings[0].Start, descriptions[0].Start);
    }
}
