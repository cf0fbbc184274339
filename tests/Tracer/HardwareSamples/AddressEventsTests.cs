using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.HardwareSamples;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tests.HardwareSamples;

/// <summary>PMU descriptions as the kernel's documents and sources give them; the events themselves need the hardware.</summary>
public sealed class AddressEventsTests
{
    [Fact]
    public void Intel_HasPreciseLoadsAndStores()
    {
        using var devices = new TemporaryDirectory();
        Write(devices.Path, "cpu/type", "4\n");
        Write(devices.Path, "cpu/format/event", "config:0-7\n");
        Write(devices.Path, "cpu/format/umask", "config:8-15\n");
        Write(devices.Path, "cpu/format/ldlat", "config1:0-15\n");
        Write(devices.Path, "cpu/events/mem-loads", "event=0xcd,umask=0x1,ldlat=3\n");
        Write(devices.Path, "cpu/events/mem-stores", "event=0xd0,umask=0x82\n");

        IReadOnlyList<PerfEvent.Attr> events = AddressEvents.Find(devices.Path);

        Assert.Equal([(4u, 0x1cdUL, 3UL), (4u, 0x82d0UL, 0UL)], events.Select(static found => (found.Type, found.Config, found.Config1)));
        Assert.All(events, static found => Assert.Equal(PerfEvent.Precise, found.Flags & (3UL << 15)));
        Assert.All(events, static found => Assert.Equal(PerfEvent.Frequency, found.Flags & PerfEvent.Frequency));
    }

    [Fact]
    public void Amd_HasInstructionBasedSampling()
    {
        using var devices = new TemporaryDirectory();
        Write(devices.Path, "ibs_op/type", "11\n");
        Write(devices.Path, "cpu/type", "4\n");

        PerfEvent.Attr found = Assert.Single(AddressEvents.Find(devices.Path));

        // It has no way to leave the kernel out: asking for that is refused.
        Assert.Equal((11u, 0UL), (found.Type, found.Flags & PerfEvent.ExcludeKernel));
    }

    [Fact]
    public void AMachineWithoutEither_HasNone()
    {
        using var devices = new TemporaryDirectory();
        Write(devices.Path, "cpu/type", "4\n");
        Write(devices.Path, "cpu/events/cpu-cycles", "event=0x76\n");

        Assert.Empty(AddressEvents.Find(devices.Path));
    }

    [Theory]
    [InlineData("config:0-7", 0xcdUL, 0xcdUL, 0UL, 0UL)]
    [InlineData("config1:0-15", 0x12345UL, 0UL, 0x2345UL, 0UL)]
    [InlineData("config:0-7,32-35", 0xabcUL, 0xa000000bcUL, 0UL, 0UL)]
    [InlineData("config2:63", 1UL, 0UL, 0UL, 1UL << 63)]
    public void Place_PutsAValueIntoTheBitsOfItsFormat(string format, ulong value, ulong config, ulong config1, ulong config2)
    {
        ulong[] configs = new ulong[3];

        PmuEvent.Place(format, value, configs);

        Assert.Equal([config, config1, config2], configs);
    }

    [Fact]
    public void Probe_SaysWhatIsMissing()
    {
        Capability capability = new HardwareSamplesKind().Probe();

        Assert.Equal(capability.Available, capability.Reason is null);
        Assert.True(capability.Available || capability.Hint is not null);
    }

    private static void Write(string root, string file, string text)
    {
        string path = Path.Combine(root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
