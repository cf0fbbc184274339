namespace Damon.Trace.Tracer.Tests;

/// <summary>
/// The virtual machine of tools/kernel-lab. Tests that change what belongs to the whole machine, above all the kernel's DAMON, run there
/// and nowhere else: both marks must be there, and the kernel's command line is one that no environment variable can forge.
/// </summary>
internal static class KernelLab
{
    /// <summary>The trait of the lab part of the suite: <c>[Trait("Category", KernelLab.Category)]</c>.</summary>
    internal const string Category = "Lab";

    /// <summary>A second trait of those that skip on most machines: they alone are what CI has time for.</summary>
    internal const string OnlyCategory = "LabOnly";

    /// <summary>The trait of what tools/kernel-lab/compare measures: too long for the suite.</summary>
    internal const string ComparisonCategory = "LabComparison";

    /// <summary>What a test leaves here comes back to the host.</summary>
    internal const string OutFolder = "/run/lab/out";

    private const string Variable = "DAMON_TRACE_LAB";
    private const string KernelParameter = "damon_trace.lab=1";

    /// <summary>Whether this process runs in the lab.</summary>
    internal static bool IsHere =>
        Environment.GetEnvironmentVariable(Variable) == "1"
        && File.ReadAllText("/proc/cmdline").Split((char[])[' ', '\n']).Contains(KernelParameter);

    /// <summary>Whether the lab's kernel is the one built for it, which has every feature.</summary>
    internal static bool HasEverything => IsHere && File.ReadAllText("/proc/sys/kernel/osrelease").Contains("-kernel-lab", StringComparison.Ordinal);

    /// <summary>Whether nothing empties the emulated TLB here (run --no-tick).</summary>
    internal static bool HasNoTick => File.ReadAllText("/proc/cmdline").Split((char[])[' ', '\n']).Contains("kernel_lab.tick=0");

    /// <summary>Skips the test anywhere else.</summary>
    internal static void Require() => Assert.SkipUnless(IsHere, "runs in the kernel lab only: tools/kernel-lab/run tests");

    /// <summary>Skips the test unless it runs on the kernel that has every feature.</summary>
    internal static void RequireEverything()
    {
        Require();
        Assert.SkipUnless(HasEverything, "runs on the lab's own kernel only: tools/kernel-lab/run tests");
    }
}
