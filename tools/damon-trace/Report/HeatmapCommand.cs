using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Pictures;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report heatmap</c>.</summary>
internal static class HeatmapCommand
{
    /// <summary>Columns left of the map: an address and its frame.</summary>
    private const int MarginColumns = 16;

    private const int LeastColumns = 20;
    private const int MostColumns = 200;

    internal static Command Create()
    {
        var resolution = new Option<string?>("--resolution")
        {
            Description = "Size in characters. Default: 64x24, or as wide as the terminal.",
            HelpName = "COLSxROWS",
        };
        var color = new Option<string>("--color")
        {
            Description = "Colours: auto, always or never. Default: auto, on terminals unless NO_COLOR is set.",
            DefaultValueFactory = _ => "auto",
            HelpName = "WHEN",
        };
        color.AcceptOnlyFromAmong("auto", "always", "never");
        var addresses = AddressRangeOption.Create();
        var all = new Option<bool>("--all-addresses") { Description = "Draw everything that was monitored, not only what was accessed." };
        var sort = new Option<string>("--sort")
        {
            Description = "Order of the stretches of addresses: by address, or the hottest first. Pictures: by address. Default: address.",
            DefaultValueFactory = _ => "address",
            HelpName = "address|heat",
        };
        sort.AcceptOnlyFromAmong("address", "heat");
        Command command = ReportArguments.Create(
            "heatmap", "Heat over time and address, in Hz and per cent.", resolution, color, addresses, all, sort);
        ReportFile.AddPicture(command);
        CommandHelp.Of(command).WithExample("damon-trace report heatmap a.nettrace", "in the terminal")
            .WithExample("damon-trace report heatmap a.nettrace -o a.svg", "as a picture; .png with rsvg-convert or chromium");
        HeatmapOptions Options(ParseResult parse)
        {
            bool isFile = ReportFile.PathOf(parse) is not null;
            HeatmapOptions options = ReportArguments.Select(parse, new HeatmapOptions
            {
                Columns = (isFile ? null : TerminalColumns()) ?? new HeatmapOptions().Columns,
                FromAddress = parse.GetValue(addresses)?.Start,
                ToAddress = parse.GetValue(addresses)?.End,
                AllAddresses = parse.GetValue(all),
                HottestFirst = parse.GetValue(sort) == "heat",
                Colour = WantsColour(parse.GetValue(color)!, isFile),
            });
            if (parse.GetValue(resolution) is not { } text)
            {
                return options;
            }

            (int columns, int rows) = HeatmapOptions.ParseResolution(text)
                ?? throw new UserErrorException($"'{text}' is not a resolution", "use COLSxROWS, e.g. 64x24", ExitCode.Usage);
            return options with { Columns = columns, Rows = rows };
        }

        command.SetAction((parse, token) => ReportArguments.Run(
            parse,
            (open, format, output) => HeatmapReport.Write(open, Options(parse), format, output, token),
            (open, dark, output) => Still.Heatmap(open, Options(parse), dark, output, token),
            token));
        return command;
    }

    /// <summary>What a terminal has room for; null where there is none.</summary>
    private static int? TerminalColumns() => Console.IsOutputRedirected || Console.WindowWidth <= 0
        ? null
        : Math.Clamp(Console.WindowWidth - MarginColumns - 1, LeastColumns, MostColumns);

    private static bool WantsColour(string choice, bool isFile) => choice switch
    {
        "always" => true,
        "never" => false,
        _ => !isFile && ReportColour.IsWanted(!Console.IsOutputRedirected, Environment.GetEnvironmentVariable("NO_COLOR")),
    };
}
