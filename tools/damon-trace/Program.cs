using Damon.Trace.Cli;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

StandardDescriptors.OpenClosed();
LeastPrivileges.Keep(args);
if (OpenFiles.AreTooFew())
{
    return ExitCode.NoAccessCheck;
}

// A shell starts the background commands of a script with SIGINT ignored; perf takes it all the same, and so do scripts that end it by that.
Signal.StopIgnoring(SIGINT);

if (args is ["record", ..] && args.TakeWhile(static argument => argument != "--").Any(ConfigFile.IsConfig))
{
    Interruption.DeferHangUps();
}

Console.SetError(new StandardError(Console.Error));

int exitCode;
try
{
    exitCode = Interruption.Run(token => CommandLine.Run(args, token));
}
catch (Exception problem) when (problem is OutOfMemoryException or TypeInitializationException)
{
    // There is no thread for its signals, or for the command, which has not begun.
    exitCode = CommandLine.ExplainNoThread();
}

ProcessExit.LeaveWithin(TimeSpan.FromSeconds(2), exitCode);
return exitCode;
