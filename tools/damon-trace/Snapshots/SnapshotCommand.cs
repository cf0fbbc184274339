using System.CommandLine;
using System.CommandLine.Parsing;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Names;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Snapshots;

/// <summary><c>damon-trace snapshot</c>: which pages of a process are touched in one window, every page looked at.</summary>
internal static class SnapshotCommand
{
    private const ulong DefaultWindowUs = 1_000_000;
    private const ulong LongestWindowUs = 24UL * 3_600_000_000;

    private static readonly TargetOptions s_targets = new("The process; several are one service, with memory that they share counted once.");

    private static readonly Option<bool> s_exact = new("--exact")
    {
        Description = "Look at every page, sample none. A snapshot always does.",
    };

    private static readonly Option<ulong[]> s_windows = new("--window")
    {
        Description = "For how long accesses are waited for. Several, e.g. 100ms,1s,10s, all begin at the same time: the table is that of the "
            + "longest. Default: 1s.",
        CustomParser = ParseWindows,
        DefaultValueFactory = _ => [DefaultWindowUs],
        HelpName = "TIME",
    };

    private static readonly Option<AddressRange?> s_range = AddressRangeOption.Create();

    private static readonly Option<string?> s_mapping = new("--mapping")
    {
        Description = "Only mappings of this name: a path, the name of a file without its folder, [heap], [stack], [anon]. Default: all.",
        HelpName = "NAME",
    };

    private static readonly Option<string[]> s_names = NameKinds.OfSnapshots();

    private static readonly Option<string?> s_output = new("--output", "-o")
    {
        Description = "Write a file as well; its name tells what: .workingset (for 'warm' and 'report compare'), .json, .txt. Default: none.",
        HelpName = "FILE",
    };

    private static readonly Option<int> s_count = new("--count")
    {
        Description = "Mappings that are listed, those with the most touched memory first; the rest is summed up. Default: 20.",
        CustomParser = Number.Whole(1, int.MaxValue),
        DefaultValueFactory = _ => 20,
        HelpName = "N",
    };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document with all mappings instead of text." };

    internal static Command Create()
    {
        var command = new Command("snapshot", "Look at every page of a process: which are touched within a second, which are not.")
        {
            s_exact, s_windows, s_range, s_mapping, s_names, s_output, s_count, s_json,
        };
        s_targets.AddTo(command);
        CommandHelp.Of(command)
            .WithUsage("[OPTIONS] -p PID")
            .WithGroup(TargetOptions.Group, s_targets.All)
            .WithGroup("What to look at", s_range, s_mapping, s_names)
            .WithGroup("For how long", s_windows, s_exact)
            .WithGroup("Output", s_output, s_count, s_json)
            .WithExample("sudo damon-trace snapshot -p 99", "what it touches within a second")
            .WithExample("sudo damon-trace snapshot -p 99 --window 100ms,1s,10s", "three windows at once")
            .WithExample("sudo damon-trace snapshot --unit postgresql --window 10s", "a whole service, shared memory counted once")
            .WithExample("sudo damon-trace snapshot -p 99 --window 1min --names dotnet-types", "cold bytes by type of .NET")
            .WithExample("sudo damon-trace snapshot -p 99 --window 10s -o app.workingset", "keep it, for 'damon-trace warm app.workingset'");
        command.SetAction((parse, token) =>
        {
            SnapshotRun.Run(ToRequest(parse), parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, token);
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static SnapshotRequest ToRequest(ParseResult parse)
    {
        TargetSelection targets = s_targets.Of(parse);
        string? output = parse.GetValue(s_output);
        if (targets.IsEmpty)
        {
            throw new UserErrorException("no process to look at", "use 'damon-trace snapshot -p PID'", ExitCode.Usage);
        }

        if (parse.GetValue(s_range) is not null && parse.GetValue(s_mapping) is not null)
        {
            throw new UserErrorException("--address-range and --mapping exclude each other", "leave one of them out", ExitCode.Usage);
        }

        return new SnapshotRequest
        {
            Targets = targets,
            Windows = [.. parse.GetValue(s_windows)!.Select(us => TimeSpan.FromMicroseconds(us))],
            Range = parse.GetValue(s_range),
            Mapping = parse.GetValue(s_mapping),
            Names = parse.GetValue(s_names)!,
            Output = SnapshotOutput.Of(output),
            Count = parse.GetValue(s_count),
            Json = parse.GetValue(s_json),
        };
    }

    private static ulong[]? ParseWindows(ArgumentResult result)
    {
        var windows = new SortedSet<ulong>();
        foreach (string word in string.Join(',', result.Tokens.Select(token => token.Value)).Split(','))
        {
            if (!Duration.TryParseUs(word, out ulong us) || us is 0 or > LongestWindowUs)
            {
                result.AddError($"'{word}' is not a window: use e.g. 100ms, 1s, 10s, or 100ms,1s,10s, up to 24h; a bare number is seconds");
                return null;
            }

            windows.Add(us);
        }

        return [.. windows];
    }
}
