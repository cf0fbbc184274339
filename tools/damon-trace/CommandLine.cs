using System.CommandLine;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli;

/// <summary>Runs a command and turns what the user can put right into one line and a hint.</summary>
internal static class CommandLine
{
    // Long enough to flush a recording to a slow disk after Ctrl-C; the recording's own deadlines are shorter.
    private static readonly TimeSpan s_terminationTimeout = TimeSpan.FromSeconds(15);

    internal static async Task<int> RunAsync(RootCommand root, string[] arguments, TextWriter output, TextWriter error)
    {
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = s_terminationTimeout,
        };
        try
        {
            return await root.Parse(arguments).InvokeAsync(configuration);
        }
        catch (Exception problem)
        {
            return Report(problem, error);
        }
    }

    private static int Report(Exception problem, TextWriter error) => problem switch
    {
        UserErrorException user => Explain(error, user.Message, user.Hint, user.ExitCode),
        TargetUnavailableException target => Explain(error, target.Message, target.Hint, ExitCode.TargetGone),
        KernelDamonException kernel => Explain(error, kernel.Message, kernel.Hint, ExitCode.NoAccessCheck),
        ProviderUnavailableException provider => Explain(error, provider.Message, provider.Hint, ExitCode.NoAccessCheck),
        RecordingFormatException format => Explain(error, format.Message, null, ExitCode.BadInput),
        FileNotFoundException or DirectoryNotFoundException => Explain(error, problem.Message, null, ExitCode.BadInput),
        UnauthorizedAccessException => Explain(error, problem.Message, "check the file's permissions", ExitCode.OutputFailed),
        IOException => Explain(error, problem.Message, null, ExitCode.OutputFailed),
        _ => Bug(error, problem),
    };

    private static int Explain(TextWriter error, string message, string? hint, int exitCode)
    {
        error.WriteLine($"damon-trace: {message}");
        if (hint is not null)
        {
            error.WriteLine($"hint: {hint}");
        }

        return exitCode;
    }

    private static int Bug(TextWriter error, Exception problem)
    {
        error.WriteLine($"damon-trace: unexpected error, please report it: {problem}");
        return ExitCode.Bug;
    }
}
