using Damon.Trace.Cli.Input;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Cli.Export;

/// <summary>One run of <c>script</c>: a recording to stdout.</summary>
internal static class ScriptRun
{
    internal static int Run(string input, PerfScriptOptions options, TextWriter error, CancellationToken cancellation)
    {
        using OutputFile stdout = OutputFile.Create(OutputFile.StandardOutput);
        using var outcome = new RecordingOutcome(new PerfScriptWriter(stdout.Stream, options));
        using RecordingInput recording = RecordingInput.Open(input);
        recording.Read(outcome, cancellation);
        outcome.Warn(error);
        return ExitCode.Ok;
    }
}
