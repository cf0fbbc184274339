using System.CommandLine;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Schemes;

/// <summary><c>damon-trace schemes</c>: what a file of schemes means.</summary>
internal static class SchemesCommand
{
    private static readonly Argument<string> s_file = new("FILE") { Description = "A file of schemes, one a line; # begins a comment." };

    internal static Command Create()
    {
        var check = new Command("check", "Say in words what schemes will do, and what they cannot do on this machine.") { s_file };
        CommandHelp.Of(check).WithExample("damon-trace schemes check examples/schemes/prcl", "changes nothing");
        check.SetAction((parse, _) => Task.FromResult(SchemesCheck.Write(
            parse.GetValue(s_file)!, parse.InvocationConfiguration.Output)));
        var schemes = new Command("schemes", "Check files of schemes: rules for what is done to hot or cold memory.") { check };
        CommandHelp.Of(schemes).WithExample("damon-trace schemes check FILE", "what FILE will do; 'damon-trace run --schemes FILE -p PID' does it");
        return schemes;
    }
}
