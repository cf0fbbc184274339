using System.Text.Json;
using Damon.Trace.Cli.Doctor;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Tests.Kernel;

/// <summary>What doctor concludes from what it finds, and the shape of its JSON.</summary>
public sealed class DoctorTests
{
    private static readonly Distribution s_debian12 = new("debian", "12", "Debian GNU/Linux 12 (bookworm)");

    [Fact]
    public async Task Json_HasTheDocumentedShape()
    {
        CommandRun run = await CommandRun.RunAsync("doctor", "--json");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        JsonElement root = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(
            ["schema", "kernel", "distribution", "access_check", "access_checks", "kernel_damon", "features"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(1, root.GetProperty("schema").GetInt32());
        Assert.Equal(["release", "architecture", "config"], Names(root.GetProperty("kernel")));
        Assert.Equal(
            (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease")).Trim(), root.GetProperty("kernel").GetProperty("release").GetString());
        Assert.Equal(["chosen", "why", "better"], Names(root.GetProperty("access_check")));
        Assert.All(root.GetProperty("access_checks").EnumerateArray(), check => Assert.Equal(
            ["name", "available", "promise", "auto", "reason", "help", "unproved"], Names(check)));
        Assert.Equal(["state", "description", "can_drive", "help", "operations"], Names(root.GetProperty("kernel_damon")));
        Assert.Equal(
            ["vaddr", "fvaddr", "paddr"],
            root.GetProperty("kernel_damon").GetProperty("operations").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.All(root.GetProperty("features").EnumerateArray(), feature => Assert.Equal(
            ["name", "available", "detail", "reason", "help"], Names(feature)));
        Assert.Equal(
            AccessCheckCatalog.ByPreference.Select(kind => kind.Name),
            root.GetProperty("access_checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
    }

    [Fact]
    public void Choice_NamesTheBetterOnesWithTheWayToThem()
    {
        using Config config = new("CONFIG_BPF_SYSCALL=y\n# CONFIG_DEBUG_INFO_BTF is not set\nCONFIG_DAMON_SYSFS=y\nCONFIG_DAMON_PADDR=m\n");
        MachineReport report = Inspect(
            config, new Kind("access-bits", Capability.No("no BTF", "general hint")), new Kind("soft-dirty", Capability.Yes, auto: false),
            new Kind("referenced-mappings", Capability.Yes));

        Assert.Equal("referenced-mappings", report.AccessCheck.Chosen);
        BetterReport better = Assert.Single(report.AccessCheck.Better);
        Assert.Equal("access-bits", better.Name);
        Assert.Equal("a kernel with CONFIG_DEBUG_INFO_BTF=y: apt-get install linux-image-6.12-amd64, and reboot", better.Help);
        Assert.Equal([false, false, true], report.KernelDamon.Operations.Select(operations => operations.Built!.Value));
    }

    [Fact]
    public void Help_WithoutAMissingOption_IsTheHintOfTheCheck()
    {
        using Config config = new("CONFIG_BPF_SYSCALL=y\nCONFIG_DEBUG_INFO_BTF=y\n");
        MachineReport report = Inspect(config, new Kind("access-bits", Capability.No("no privilege", "run as root")));
        Assert.Null(report.AccessCheck.Chosen);
        Assert.Equal("run as root", report.AccessCheck.Better[0].Help);
    }

    [Fact]
    public void Help_ForWhatDebianDoesNotBuild_SaysSo()
    {
        using Config config = new("CONFIG_PROC_PAGE_MONITOR=y\n");
        MachineReport report = Inspect(config, new Kind("idle-pages", Capability.No("not there")));
        Assert.StartsWith("a kernel with CONFIG_IDLE_PAGE_TRACKING=y: Debian has none", report.AccessChecks[0].Help, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownConfiguration_IsNotTakenForAMissingOption()
    {
        MachineReport report = new MachineInspection(s_debian12, KernelConfiguration.Read(["/nowhere"])).Report(
            [new Kind("access-bits", Capability.No("no BTF", "hint"))], Free, []);
        Assert.Equal("hint", report.AccessChecks[0].Help);
        Assert.All(report.KernelDamon.Operations, operations => Assert.Null(operations.Built));
    }

    private static KernelDamonState Free => new(KernelDamonOwner.Nobody, "free", Capability.Yes);

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private static MachineReport Inspect(Config config, params AccessCheckKind[] kinds) =>
        new MachineInspection(s_debian12, KernelConfiguration.Read([config.Path])).Report(kinds, Free, []);

    private sealed class Config : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        internal Config(string text) => File.WriteAllText(Path, text);

        internal string Path => _folder.File("config");

        public void Dispose() => _folder.Dispose();
    }

    private sealed class Kind(string name, Capability capability, bool auto = true) : AccessCheckKind
    {
        public override string Name => name;

        public override string Summary => "a promise";

        public override bool IsChosenByAuto => auto;

        public override Capability Probe() => capability;

        public override Capability SelfTest() => throw new InvalidOperationException("doctor tries nothing");

        public override Capability ProbeTarget(TargetProcess process, AccessCheckSettings settings) =>
            throw new InvalidOperationException("doctor tries nothing");

        public override IAccessCheck Create(TargetProcess process, AccessCheckSettings settings) =>
            throw new InvalidOperationException("doctor tries nothing");
    }
}
