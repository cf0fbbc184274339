using System.CommandLine;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--perf-compat 6.4|6.5</c>: whose column widths the text has.</summary>
internal static class PerfCompatOption
{
    internal static Option<string> Create()
    {
        var option = new Option<string>("--perf-compat")
        {
            Description = "Print text as this perf does: 6.4 (and older, thread id in 5 columns) or 6.5 (and newer, 7 columns). Default: 6.5.",
            DefaultValueFactory = _ => "6.5",
            HelpName = "VERSION",
        };
        option.AcceptOnlyFromAmong("6.4", "6.5");
        return option;
    }

    internal static PerfCompat Parse(string text) => text == "6.4" ? PerfCompat.Perf64 : PerfCompat.Perf65;
}
