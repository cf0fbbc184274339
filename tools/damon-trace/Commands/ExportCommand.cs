using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Export;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace export</c>: any recording to another format.</summary>
internal static class ExportCommand
{
    private static readonly InputOption s_input = new();
    private static readonly Option<string> s_perfCompat = PerfCompatOption.Create();

    private static readonly Option<string> s_output = new("--output", "-o")
    {
        Description = "File to write; its name says the format: .parquet, .txt, .perf.data, .damo.json. - is stdout. "
            + "With --partition the folder of a data set, new or to add to.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<string?> s_format = new("--format")
    {
        Description = $"Format where the name does not say it, or another one: {OutputFormats.ExportNames}. Default: by the name.",
        HelpName = "FORMAT",
    };

    private static readonly Option<bool> s_allEvents = new("--all-events")
    {
        Description = "Write damon_monitor_intervals_tune and what schemes did (damos_*) as well, in the formats of perf.",
    };

    private static readonly Option<string?> s_partition = new("--partition")
    {
        Description = "Add the recording to a data set of Parquet tables: TABLE/host=HOST/date=YYYY-MM-DD/RECORDING.parquet. Default: a single file.",
        HelpName = DataSetRequest.Partitions,
    };

    private static readonly Option<string?> s_timestamps = TimestampsOption.Create();

    private static readonly Option<string?> s_host = new("--host")
    {
        Description = "Where the recording was made, for --partition. Default: the name of this machine.",
        HelpName = "NAME",
    };

    internal static Command Create()
    {
        var command = new Command("export", "Convert a recording to another format.");
        s_input.AddTo(command);
        foreach (Option option in (Option[])[s_output, s_format, s_perfCompat, s_allEvents, s_partition, s_host, s_timestamps])
        {
            command.Add(option);
        }

        CommandHelp.Of(command)
            .WithUsage("[RECORDING] -o FILE [OPTIONS]")
            .WithGroup("Most used", s_input.Option, s_output, s_format)
            .WithGroup("Data sets of many recordings", s_partition, s_host)
            .WithGroup("Formats of perf", s_perfCompat, s_allEvents)
            .WithExample("damon-trace export a.nettrace -o a.parquet", "for notebooks and DuckDB")
            .WithExample("damon-trace export a.nettrace -o a.perf.data", "for perf script -i a.perf.data")
            .WithExample("damon-trace export a.nettrace -o dataset --partition host,date", "add to a data set of many recordings");
        command.SetAction((parse, token) => Task.FromResult(Run(parse, token)));
        return command;
    }

    private static int Run(ParseResult parse, CancellationToken token)
    {
        string input = s_input.PathOf(parse);
        string path = parse.GetValue(s_output)!;
        TextWriter error = parse.InvocationConfiguration.Error;
        if (parse.GetValue(s_partition) is { } partition)
        {
            DataSetRequest dataSet = DataSetRequest.Parse(path, partition, parse.GetValue(s_host), parse.GetValue(s_format)) with
            {
                Microseconds = TimestampsOption.IsMicroseconds(parse.GetValue(s_timestamps), writesParquet: true),
            };
            return ExportRun.RunToDataSet(input, dataSet, error, token);
        }

        if (parse.GetValue(s_host) is not null)
        {
            throw new UserErrorException(
                "--host has no meaning without --partition", $"add --partition {DataSetRequest.Partitions}, or leave it out", ExitCode.Usage);
        }

        OutputRequest output = OutputRequest.WithTimestamps(
            OutputRequest.Parse([path], parse.GetValue(s_format), OutputFormats.ExportNames), parse.GetValue(s_timestamps))[0];
        var text = new PerfScriptOptions
        {
            Compat = PerfCompatOption.Parse(parse.GetValue(s_perfCompat)!),
            AllEvents = parse.GetValue(s_allEvents),
        };
        return ExportRun.Run(input, output, text, error, token);
    }
}
