using System.CommandLine;
using Damon.Trace.Cli.Report;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace report</c>: look at a recording in the terminal, or as a page.</summary>
internal static class ReportCommand
{
    internal static Command Create() => PageCommand.AddTo(
        new("report", "Show a recording in the terminal, as JSON or CSV, or write it as a page or picture.")
        {
            SummaryCommand.Create(), HeatmapCommand.Create(), WssCommand.Create(), RegionsCommand.Create(), RecencyCommand.Create(),
            FootprintCommand.Create(), NrRegionsCommand.Create(), TimesCommand.Create(), CompareCommand.Create(),
        });
}
