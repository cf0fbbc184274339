using System.CommandLine;
using Damon.Trace.Cli;
using Damon.Trace.Cli.Commands;
using Damon.Trace.Tracer.Linux;

// A shell starts the background commands of a script with SIGINT ignored; perf takes it all the same, and so do scripts that end it by that.
Signal.StopIgnoring(Signal.SIGINT);

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
