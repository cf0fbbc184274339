using System.CommandLine;
using System.Reflection;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace version</c>: the same as --version.</summary>
internal static class VersionCommand
{
    internal static Command Create()
    {
        var command = new Command("version", "Show the version.");
        command.SetAction(parse => parse.InvocationConfiguration.Output.WriteLine(
            typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion));
        return command;
    }
}
