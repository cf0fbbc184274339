using System.CommandLine;
using System.Reflection;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace version</c>: the same as --version.</summary>
internal static class VersionCommand
{
    /// <summary>With the commit it was built from: <c>0.1.0+0123456789abcdef...</c>.</summary>
    internal static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    internal static Command Create()
    {
        var command = new Command("version", "Show the version.");
        command.SetAction(parse => parse.InvocationConfiguration.Output.WriteLine(Version));
        return command;
    }
}
