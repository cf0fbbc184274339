using Damon.Trace.Cli.Recording;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Parquet.DataSet;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Export;

/// <summary>One run of <c>export</c>: a recording from one format to another.</summary>
internal static class ExportRun
{
    internal static int Run(string input, OutputRequest output, PerfScriptOptions text, TextWriter error, CancellationToken cancellation)
    {
        using RecordingReader recording = RecordingReader.Open(input);
        RecordingOutcome outcome;
        if (OutputWriter.CreateFolder(output) is { } folder)
        {
            outcome = new RecordingOutcome(folder);
            recording.Read(outcome, cancellation);
        }
        else if (!ToFile(recording, output, text, cancellation, out outcome))
        {
            return ExitCode.Ok;
        }

        Report(outcome, output.Path, error);
        return ExitCode.Ok;
    }

    /// <summary>Adds a recording to a data set.</summary>
    internal static int RunToDataSet(string input, DataSetRequest dataSet, TextWriter error, CancellationToken cancellation)
    {
        using RecordingReader recording = RecordingReader.Open(input);
        using var outcome = new RecordingOutcome(new DataSetWriter(dataSet.Folder, dataSet.Host));
        recording.Read(outcome, cancellation);
        Report(outcome, dataSet.Folder, error);
        return ExitCode.Ok;
    }

    /// <summary>False when the reader of stdout has gone, which is no error and nothing to report.</summary>
    private static bool ToFile(
        RecordingReader recording, OutputRequest output, PerfScriptOptions text, CancellationToken cancellation, out RecordingOutcome outcome)
    {
        using OutputFile file = OutputFile.Create(output.Path);
        outcome = new RecordingOutcome(CreateWriter(output, file, text));
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
            return false;
        }
        finally
        {
            outcome.Dispose();
        }

        file.Complete();
        return true;
    }

    private static void Report(RecordingOutcome outcome, string path, TextWriter error)
    {
        outcome.Warn(error);
        error.WriteLine($"damon-trace: {outcome.End!.Events} events in {outcome.End.Snapshots} snapshots to {path}");
    }

    private static IRecordingSink CreateWriter(OutputRequest output, OutputFile file, PerfScriptOptions text)
    {
        try
        {
            return OutputWriter.Create(output, file.Stream, text);
        }
        catch (UserErrorException)
        {
            file.Discard();
            throw;
        }
    }
}
