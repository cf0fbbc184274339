using Damon.Trace.Cli.Recording;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Export;

/// <summary>One run of <c>export</c>: a recording from one format to another.</summary>
internal static class ExportRun
{
    internal static int Run(string input, OutputRequest output, PerfScriptOptions text, TextWriter error, CancellationToken cancellation)
    {
        using RecordingReader recording = RecordingReader.Open(input);
        using OutputFile file = OutputFile.Create(output.Path);
        RecordingOutcome outcome = new(output.Format switch
        {
            OutputFormat.Parquet => new ParquetWriter(file.Stream),
            OutputFormat.PerfScript => new PerfScriptWriter(file.Stream, text),
            _ => throw new UserErrorException(
                $"cannot export to {output.Format}", "a .nettrace comes from record only; export to .parquet or .txt", ExitCode.Usage),
        });
        try
        {
            recording.Read(outcome, cancellation);
        }
        catch (ParquetRescueException rescued)
        {
            file.Complete();
            throw new UserErrorException($"{output.Path}: {rescued.Message}", "make room and export again", ExitCode.OutputFailed);
        }
        catch (IOException broken) when (output.IsStdout && BrokenPipe.Is(broken))
        {
            return ExitCode.Ok;
        }

        file.Complete();
        outcome.Warn(error);
        error.WriteLine($"damon-trace: {outcome.End!.Events} events in {outcome.End.Snapshots} snapshots to {output.Path}");
        return ExitCode.Ok;
    }
}
