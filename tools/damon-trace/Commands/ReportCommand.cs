using System.CommandLine;

namespace Damon.Trace.Cli.Commands;

internal static class ReportCommand
{
    internal static Command Create() => new("report", "Show a recording.");
}
