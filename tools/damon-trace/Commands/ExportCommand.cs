using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Export;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace export</c>: any recording to another format.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> s_input = InputOption.Create();
    private static readonly Option<string> s_perfCompat = PerfCompatOption.Create();

    private static readonly Option<string> s_output = new("--output", "-o")
    {
        Description = "File to write; its name tells the format: .parquet, .txt, .perf.data, .damo.json. - is stdout.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<string?> s_format = new("--format")
    {
        Description = $"Format where the name does not tell it, or another one: {OutputFormats.ExportNames}.",
        HelpName = "FORMAT",
    };

    private static readonly Option<bool> s_allEvents = new("--all-events")
    {
        Description = "Write damon_monitor_intervals_tune as well, in the formats of perf.",
    };

    internal static Command Create()
    {
        var command = new Command("export", "Convert a recording to another format.") { s_input, s_output, s_format, s_perfCompat, s_allEvents };
        command.SetAction((parse, token) =>
        {
            OutputRequest output = OutputRequest.Parse([parse.GetValue(s_output)!], parse.GetValue(s_format))[0];
            var text = new PerfScriptOptions
            {
                Compat = PerfCompatOption.Parse(parse.GetValue(s_perfCompat)!),
                AllEvents = parse.GetValue(s_allEvents),
            };
            return Task.FromResult(ExportRun.Run(parse.GetValue(s_input)!, output, text, parse.InvocationConfiguration.Error, token));
        });
        return command;
    }
}
