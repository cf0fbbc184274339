using System.CommandLine;
using Damon.Trace.Cli.Doctor;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace doctor</c>: what this machine offers, what is missing and what would help.</summary>
internal static class DoctorCommand
{
    internal static Command Create()
    {
        var command = new Command("doctor", "Show what this machine offers, what is missing and what would help. Writes nothing anywhere.");
        command.SetAction(parse => DoctorReport.Write(parse.InvocationConfiguration.Output));
        return command;
    }
}
