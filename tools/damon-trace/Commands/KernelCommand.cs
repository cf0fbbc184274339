using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Tracer.Kernel.Driving;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace kernel</c>: look after the kernel's DAMON.</summary>
internal static class KernelCommand
{
    internal static Command Create()
    {
        var state = new Command("state", "Tell whose the kernel's DAMON is. Writes nothing anywhere.");
        state.SetAction(parse => parse.InvocationConfiguration.Output.WriteLine(new KernelDamon().Inspect().Description));
        var cleanUp = new Command("clean-up", "Remove the kdamond that a killed recording of damon-trace left behind. Touches no other.");
        cleanUp.SetAction(parse => CleanUp(parse.InvocationConfiguration.Error, new KernelDamon()));
        CommandHelp.Of(state).WithExample("damon-trace kernel state", "free, in use, or left behind by a killed recording");
        CommandHelp.Of(cleanUp).WithExample("sudo damon-trace kernel clean-up", "after a recording with --kernel -p was killed");
        var command = new Command("kernel", "Look after the kernel's own DAMON.") { state, cleanUp };
        CommandHelp.Of(command).WithExample("damon-trace kernel state", "whose the kernel's DAMON is");
        return command;
    }

    private static void CleanUp(TextWriter error, KernelDamon damon)
    {
        KernelDamonState before = damon.Inspect();
        error.WriteLine(damon.CleanUp()
            ? "damon-trace: removed the kdamond that an earlier recording had left behind"
            : $"damon-trace: nothing of ours to clean up; the kernel's DAMON is: {before.Description}");
    }
}
