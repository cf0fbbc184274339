using System.CommandLine;
using System.CommandLine.Invocation;

namespace Damon.Trace.Cli.Help;

/// <summary>--help.</summary>
internal sealed class GroupedHelp : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        HelpText.Write(parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        return ExitCode.Ok;
    }
}
