using Damon.Trace.Cli.Input;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Parquet.DataSet;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Export;

/// <summary>One run of <c>export</c>: a recording from one format to another.</summary>
internal static class ExportRun
{
    private const int MostTries = 100;

    internal static int Run(string input, OutputRequest output, PerfScriptOptions text, TextWriter error, CancellationToken cancellation)
    {
        using RecordingInput recording = RecordingInput.Open(input);
        RecordingOutcome outcome = output.Format == OutputFormat.Ctf
            ? ToFolder(recording, output.Path, () => OutputWriter.CreateFolder(output)!, PartialOf(output.Path), cancellation)
            : ToFile(recording, output, text, cancellation);
        Report(outcome, output.Path, error);
        return ExitCode.Ok;
    }

    /// <summary>Adds a recording to a data set.</summary>
    internal static int RunToDataSet(string input, DataSetRequest dataSet, TextWriter error, CancellationToken cancellation)
    {
        using RecordingInput recording = RecordingInput.Open(input);
        RecordingOutcome outcome = ToFolder(
            recording, dataSet.Folder, () => new DataSetWriter(dataSet.Folder, dataSet.Host, new ParquetOptions { MicrosecondTimestamps = dataSet.Microseconds, Threads = Environment.ProcessorCount }),
            (dataSet.Folder, $".*.{Environment.ProcessId}{OutputFile.PartialSuffix}"), cancellation);
        Report(outcome, dataSet.Folder, error);
        return ExitCode.Ok;
    }

    private static (string Folder, string Pattern) PartialOf(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return (Path.GetDirectoryName(full) ?? "/", Path.GetFileName(full) + OutputFile.PartialSuffix);
    }

    /// <summary>Folders get their names when they are complete; until then their writers keep them under another, which goes with the process.</summary>
    /// <param name="recording">What is read.</param>
    /// <param name="path">The folder.</param>
    /// <param name="create">Creates the writer.</param>
    /// <param name="partial">Where unfinished folders are, and what their names are like.</param>
    /// <param name="cancellation">Ends reading.</param>
    private static RecordingOutcome ToFolder(
        RecordingInput recording, string path, Func<IRecordingSink> create, (string Folder, string Pattern) partial, CancellationToken cancellation)
    {
        IRecordingSink? writer = null;
        using IDisposable leaving = Interruption.BeforeLeaving(() => Remove(partial.Folder, partial.Pattern), () =>
        {
            try
            {
                writer = create();
            }
            catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not DamonTraceException)
            {
                throw new OutputException($"cannot write '{path}': {error.Message}", Math.Max(0, error.HResult));
            }
        });
        try
        {
            using var outcome = new RecordingOutcome(new GuardedOutput(writer!, path, namesItself: true));
            recording.Read(outcome, cancellation);
            return outcome;
        }
        finally
        {
            Remove(partial.Folder, partial.Pattern);
        }
    }

    private static void Remove(string folder, string pattern)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        // At a signal the writer still writes: it may put a file into a folder that is just being emptied.
        for (int i = 1; Directory.GetDirectories(folder, pattern) is { Length: > 0 } found; i++)
        {
            try
            {
                Array.ForEach(found, static partial => Directory.Delete(partial, recursive: true));
            }
            catch (IOException) when (i < MostTries)
            {
            }
        }
    }

    private static RecordingOutcome ToFile(
        RecordingInput recording, OutputRequest output, PerfScriptOptions text, CancellationToken cancellation)
    {
        using OutputFile file = OutputFile.Create(output.Path);
        using var outcome = new RecordingOutcome(new GuardedOutput(OutputWriter.Create(output, file.Stream, text, Environment.ProcessorCount), output.Path));
        try
        {
            recording.Read(outcome, cancellation);
        }
        catch (ParquetRescueException rescued)
        {
            file.Complete();
            throw new OutputException($"{output.Path} ends early: {rescued.Message}", rescued.HResult, rescued.Hint);
        }

        Interruption.Finish(() => file.Complete());
        return outcome;
    }

    private static void Report(RecordingOutcome outcome, string path, TextWriter error)
    {
        outcome.Warn(error);
        error.WriteLine($"damon-trace: {outcome.End!.Events} events in {outcome.End.Snapshots} snapshots to {HumanText.OneLine(path)}");
    }
}
