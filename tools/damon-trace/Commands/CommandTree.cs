using System.CommandLine;
using System.CommandLine.Help;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Limits;
using Damon.Trace.Cli.Schemes;
using Damon.Trace.Cli.Snapshots;
using Damon.Trace.Cli.Warm;
using Damon.Trace.Cli.Who;

namespace Damon.Trace.Cli.Commands;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    /// <summary>The tree is made once: its options belong to it for good.</summary>
    internal static RootCommand Root { get; } = Create();

    private static RootCommand Create()
    {
        var root = new RootCommand("See which memory a Linux process really uses: DAMON in user space, as tracepoint events.")
        {
            RecordCommand.Create(),
            LiveCommand.Create(),
            SnapshotCommand.Create(),
            WarmCommand.Create(),
            WhoCommand.Create(),
            RunCommand.Create(),
            SchemesCommand.Create(),
            ReportCommand.Create(),
            VerifyLimitCommand.Create(),
            ScriptCommand.Create(),
            ExportCommand.Create(),
            DoctorCommand.Create(),
            TuneCommand.Create(),
            KernelCommand.Create(),
            DemoCommand.Create(),
            DemoTargetCommand.Create(),
            DotNetHeapCommand.Create(),
            DotNetTypesCommand.Create(),
            LimitWatchdog.CreateCommand(),
        };
        root.Add(HelpCommand.Create(root));
        root.Add(VersionCommand.Create());
        root.Add(CompletionCommand.Create(root));
        root.Add(ManPagesCommand.Create(root));
        root.Options.OfType<HelpOption>().Single().Action = new GroupedHelp();
        CommandHelp.Of(root)
            .WithExample("damon-trace demo", "see it work on a process of its own")
            .WithExample("sudo damon-trace record -p 99 --duration 10s", "record a process into damon.nettrace")
            .WithExample("damon-trace report", "what came out; report heatmap draws it, -o a.html makes a page");
        return root;
    }
}
