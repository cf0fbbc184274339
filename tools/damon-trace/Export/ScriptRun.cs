using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Export;

/// <summary>One run of <c>script</c>: a recording to stdout.</summary>
internal static class ScriptRun
{
    internal static int Run(string input, PerfScriptOptions options, TextWriter error, CancellationToken cancellation)
    {
        using Stream stdout = Console.OpenStandardOutput();
        var outcome = new RecordingOutcome(new PerfScriptWriter(stdout, options));
        try
        {
            using RecordingReader recording = RecordingReader.Open(input);
            recording.Read(outcome, cancellation);
        }
        catch (IOException broken) when (BrokenPipe.Is(broken))
        {
            // head has seen enough: that is how a pipeline ends.
            return ExitCode.Ok;
        }

        outcome.Warn(error);
        return ExitCode.Ok;
    }
}
