using System.CommandLine;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Schemes;

/// <summary><c>damon-trace schemes</c>: what a file of schemes means.</summary>
internal static class SchemesCommand
{
    private static readonly Argument<string> s_file = new("FILE") { Description = "A file of schemes: one a line, damo's JSON, or YAML; - is stdin." };

    private const string Line = """
        min-size max-size  min-acc max-acc  min-age max-age  action  [option=value]...
        4K       max       0       0        30s     max      pageout quota=64M/1s

        sizes     min, max, bytes, 4K, 2M, 1G
        accesses  0, max, 5% of the samples, 10Hz, 3samples
        ages      0, max, 500ms, 30s, 2min, 5aggrs: how long they have stayed so
        actions   stat       counts
                  pageout    out to swap, or out of the page cache
                  cold       first to be reclaimed
                  willneed   read back into memory
                  collapse   huge pages now; demote: broken up again
                  migrate_hot, migrate_cold   to memory node node=N
        options   quota=64M/1s,10ms/1s      bytes, time of work
                  weights=SIZE,ACCESSES,AGE who goes first under a quota
                  goal=METRIC:VALUE         tunes the quota; reset= start= tuner=
                  wmarks=free_mem_rate:50%,40%,20%/5s   when it is on
                  filter=allow|reject:[not:]KIND   addr:A-B, target:N, anon, file,
                      young, executable, mapping:PATTERN, hugepage_size:2M-2M,
                      memcg:/group
                  apply=250ms snapshots=10 name=TEXT
        # begins a comment. 'schemes convert' shows the same as JSON and YAML.
        """;

    private static readonly Option<string?> s_to = CreateTo();

    private static readonly Option<string?> s_output = new("--output", "-o")
    {
        Description = "Write a file; its name says the notation: .json, .yaml, anything else lines. Default: stdout.",
        HelpName = "FILE",
    };

    internal static Command Create()
    {
        var check = new Command("check", "Say in words what schemes will do, and what they cannot do on this machine.") { s_file };
        CommandHelp.Of(check).WithExample("damon-trace schemes check examples/schemes/prcl", "changes nothing");
        check.SetAction((parse, _) => Task.FromResult(SchemesCheck.Write(
            parse.GetValue(s_file)!, parse.InvocationConfiguration.Output)));
        var convert = new Command("convert", "Write schemes in another notation with the same meaning: lines, damo's JSON, YAML.") { s_file, s_to, s_output };
        CommandHelp.Of(convert)
            .WithExample("damon-trace schemes convert examples/schemes/prcl -o prcl.json", "as damo start --schemes reads it")
            .WithExample("damon-trace schemes convert prcl.json --to line", "to stdout");
        convert.SetAction((parse, _) => Task.FromResult(SchemesConvert.Write(
            parse.GetValue(s_file)!, parse.GetValue(s_to), parse.GetValue(s_output), parse.InvocationConfiguration.Output)));
        var schemes = new Command("schemes", "Check and convert files of schemes: rules for what is done to hot or cold memory.") { check, convert };
        CommandHelp.Of(schemes).WithNote("A scheme in one line", Line).WithExample("damon-trace schemes check FILE", "what FILE will do; 'damon-trace run --schemes FILE -p PID' does it");
        return schemes;
    }

    private static Option<string?> CreateTo()
    {
        var to = new Option<string?>("--to")
        {
            Description = "The notation: line, json or yaml. Default: what the name of the output says.",
            HelpName = "NOTATION",
        };
        to.AcceptOnlyFromAmong(SchemesConvert.Names);
        return to;
    }
}
