using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Reports.Html;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report ... -o FILE</c>: what a report is written as is told by the file's name.</summary>
internal static class ReportFile
{
    internal static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Write a file; its name says the format: .txt, .json, .csv, .html (a page with everything), "
            + ".svg or .png (heatmap and wss). Default: -, text to stdout.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> s_static = new("--static") { Description = "Still pictures in the page in place of charts that zoom." };

    private static readonly Option<bool> s_dark = new("--dark") { Description = "With -o: a picture for a dark ground." };

    /// <summary>The options of <c>report -o FILE.html</c>.</summary>
    internal static void AddPage(Command command) => Add(command, s_static);

    /// <summary>The options of a report that can be a picture.</summary>
    internal static void AddPicture(Command command) => Add(command, s_dark);

    internal static bool IsStatic(ParseResult parse) => parse.GetResult(s_static) is not null && parse.GetValue(s_static);

    /// <summary>The file to write; null for stdout.</summary>
    internal static string? PathOf(ParseResult parse) => parse.GetValue(Output) is { } path && path != "-" ? path : null;

    /// <exception cref="UserErrorException">The name does not tell a format that this report has.</exception>
    internal static void Check(ParseResult parse, bool hasPicture, bool hasPage = true)
    {
        if (PathOf(parse) is not { } path)
        {
            return;
        }

        string extension = Path.GetExtension(path).ToLowerInvariant();
        ReportFormat? named = FormatOf(extension);
        if (ReportArguments.Format(parse) is { } asked && asked != named)
        {
            throw new UserErrorException($"'{path}' and --{asked.ToString().ToLowerInvariant()} do not fit together", "leave one of them out", ExitCode.Usage);
        }

        bool known = named is not null || (extension is ".svg" or ".png" && hasPicture) || (extension is ".html" or ".htm" && hasPage);
        if (!known)
        {
            string names = $".txt, .json, .csv{(hasPage ? ", .html" : "")}{(hasPicture ? ", .svg or .png" : "")}";
            throw new UserErrorException(
                extension is ".svg" or ".png" ? $"this report is not a picture: '{path}'" : $"'{path}' says no format that this report has",
                $"use a name that ends in {names}; pictures: 'report heatmap' and 'report wss'", ExitCode.Usage);
        }
    }

    /// <summary>Writes a report where and as it was asked for.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="write">Writes text, JSON or CSV.</param>
    /// <param name="draw">Draws it, for a dark ground or not; null for a report without a picture.</param>
    /// <param name="page">Writes the HTML page; null for a report that is in no page.</param>
    internal static void Write(
        ParseResult parse, Action<ReportFormat, TextWriter> write, Func<bool, TextWriter, bool>? draw = null, Func<TextWriter, bool>? page = null)
    {
        Check(parse, draw is not null, page is not null);
        if (PathOf(parse) is not { } path)
        {
            write(ReportArguments.Format(parse) ?? ReportFormat.Text, parse.InvocationConfiguration.Output);
            return;
        }

        string extension = Path.GetExtension(path).ToLowerInvariant();
        bool dark = parse.GetResult(s_dark) is not null && parse.GetValue(s_dark);
        switch (extension)
        {
            case ".svg":
                ReportOutput.Write(path, output => draw!(dark, output));
                break;
            case ".png":
                PngPicture.Write(path, output => draw!(dark, output));
                break;
            case ".html" or ".htm":
                ReportOutput.Write(path, page!);
                SayWhyStill(parse);
                break;
            default:
                ReportOutput.Write(path, output =>
                {
                    write(FormatOf(extension)!.Value, output);
                    return true;
                });
                break;
        }
    }

    private static void Add(Command command, Option option)
    {
        command.Add(option);
        CommandHelp.Of(command).WithOption("Output", option);
    }

    private static void SayWhyStill(ParseResult parse)
    {
        if (!HtmlReport.HasCharts && !IsStatic(parse))
        {
            parse.InvocationConfiguration.Error.WriteLine(
                "damon-trace: the page has still pictures: this build had no npm to fetch echarts; install npm and build again");
        }
    }

    private static ReportFormat? FormatOf(string extension) => extension switch
    {
        ".txt" => ReportFormat.Text,
        ".json" => ReportFormat.Json,
        ".csv" => ReportFormat.Csv,
        _ => null,
    };
}
