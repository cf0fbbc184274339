using System.CommandLine;
using Damon.Trace.Cli.Report;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace report</c>: look at a recording in the terminal.</summary>
internal static class ReportCommand
{
    internal static Command Create() => ReportFile.AddPage(new("report", "Show a recording in the terminal, as JSON, CSV, a page or a picture.")
    {
        SummaryCommand.Create(), HeatmapCommand.Create(), WssCommand.Create(), RegionsCommand.Create(), RecencyCommand.Create(),
        FootprintCommand.Create(), NrRegionsCommand.Create(), TimesCommand.Create(), CompareCommand.Create(),
    });
}
