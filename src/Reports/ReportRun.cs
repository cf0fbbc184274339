using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports;

/// <summary>What all reports do alike: read a recording, write a result.</summary>
internal static class ReportRun
{
    /// <summary>Reads a recording once.</summary>
    public static T Read<T>(Func<IRecordingReader> open, T pass, CancellationToken cancellation)
        where T : IRecordingSink
    {
        IRecordingReader reader = open();
        using IDisposable? owned = reader as IDisposable;
        reader.Read(pass, cancellation);
        return pass;
    }

    /// <summary>Writes a result in one of the formats.</summary>
    /// <param name="result">What is written.</param>
    /// <param name="format">As what.</param>
    /// <param name="json">Chooses its JSON, when that is asked for: building it takes as long as reading a hundred thousand events.</param>
    /// <param name="csv">Writes its table.</param>
    /// <param name="text">Writes it for people.</param>
    /// <param name="output">Where to.</param>
    /// <param name="textColumns">Columns for people.</param>
    public static void Write<T>(
        T result, ReportFormat format, Func<ReportJson, JsonTypeInfo<T>> json, Action<T, CsvTable> csv, Action<T, FoldedText> text,
        TextWriter output, int textColumns)
    {
        switch (format)
        {
            case ReportFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(result, json(ReportJson.Default)));
                break;
            case ReportFormat.Csv:
                CsvTable table = new(output);
                csv(result, table);
                table.Flush();
                break;
            default:
                text(result, new FoldedText(output, textColumns));
                break;
        }
    }
}
