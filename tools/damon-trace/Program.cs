using System.CommandLine;
using Damon.Trace.Cli;
using Damon.Trace.Cli.Commands;

var root = new RootCommand("See which memory a Linux process really uses: DAMON in user space, as tracepoint events.")
{
    RecordCommand.Create(),
    ScriptCommand.Create(),
    ExportCommand.Create(),
    ReportCommand.Create(),
    LiveCommand.Create(),
    TuneCommand.Create(),
    KernelCommand.Create(),
    DoctorCommand.Create(),
    DotNetHeapCommand.Create(),
};

int exitCode = await CommandLine.RunAsync(root, args, Console.Out, Console.Error);
ProcessExit.LeaveWithin(TimeSpan.FromSeconds(2), exitCode);
return exitCode;
