namespace Damon.Trace.Cli.Tests.Kernel;

/// <summary>What must not happen on a machine whose kernel DAMON is somebody else's: a single write.</summary>
[Trait("Category", "Linux")]
public sealed class RefusalTests
{
    private const string KernelDamon = "/sys/kernel/mm/damon";
    private const string Kdamonds = KernelDamon + "/admin/kdamonds";

    /// <summary>
    /// On purpose only where the refusal is certain: somebody else's kdamond exists. The driver's own tests show, against a model of the
    /// kernel, that this state is refused before anything is written.
    /// </summary>
    [Theory]
    [InlineData("record", "--kernel", "-p", "$SELF", "-o", "-")]
    [InlineData("record", "--kernel", "--ops", "paddr", "-o", "-")]
    [InlineData("tune", "--sample", "10ms")]
    public void ForeignKdamond_IsRefusedAfterReadsOnly(params string[] arguments)
    {
        RequireForeignKdamond();
        Strace run = Strace.Run([.. arguments.Select(argument => argument == "$SELF" ? $"{Environment.ProcessId}" : argument)]);

        Assert.True(run.ExitCode == ExitCode.NoAccessCheck, run.Error);
        Assert.Contains("hint: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(run.Opened, file => file.Path.StartsWith(Kdamonds, StringComparison.Ordinal));
        Assert.Empty(run.WritableBelow("/sys/"));
        Assert.Empty(run.WritableBelow("/run/damon-trace"));
    }

    [Theory]
    [InlineData("kernel", "clean-up")]
    [InlineData("kernel", "state")]
    public void ForeignKdamond_IsLeftAloneByKernelCommands(params string[] arguments)
    {
        RequireForeignKdamond();
        Strace run = Strace.Run(arguments);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Empty(run.WritableBelow("/sys/"));
        Assert.Empty(run.WritableBelow("/run/damon-trace"));
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("doctor", "--json")]
    public void Doctor_OpensNothingBelowSysForWriting(params string[] arguments)
    {
        Strace run = Strace.Run(arguments);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains(run.Opened, file => file.Path.StartsWith("/sys/", StringComparison.Ordinal));
        Assert.Empty(run.WritableBelow("/sys/"));
        Assert.Empty(run.WritableBelow("/run/damon-trace"));
        Assert.Empty(run.WritableBelow("/etc/"));
    }

    private static void RequireForeignKdamond()
    {
        Assert.SkipUnless(Environment.UserName == "root", "the kernel's DAMON is root's");
        Assert.SkipUnless(File.Exists(Kdamonds + "/nr_kdamonds"), "this kernel has no DAMON in sysfs");
        Assert.SkipWhen(File.ReadAllText(Kdamonds + "/nr_kdamonds").Trim() == "0", "nobody's kdamond exists here");
        Assert.SkipWhen(File.Exists("/run/damon-trace/kernel-damon"), "a kdamond of damon-trace exists here");
    }
}
