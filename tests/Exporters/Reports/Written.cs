using System.Text.Json;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>What a report writes, and reading it back.</summary>
internal static class Written
{
    internal delegate void Report<TOptions>(
        Func<IRecordingReader> open, TOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation);

    public static string Text<TOptions>(Report<TOptions> report, IRecordingReader recording, TOptions options) =>
        As(ReportFormat.Text, report, recording, options);

    public static JsonElement Json<TOptions>(Report<TOptions> report, IRecordingReader recording, TOptions options) =>
        JsonDocument.Parse(As(ReportFormat.Json, report, recording, options)).RootElement;

    public static List<Dictionary<string, string>> Csv<TOptions>(Report<TOptions> report, IRecordingReader recording, TOptions options) =>
        ParseCsv(As(ReportFormat.Csv, report, recording, options));

    public static string As<TOptions>(ReportFormat format, Report<TOptions> report, IRecordingReader recording, TOptions options)
    {
        StringWriter output = new() { NewLine = "\n" };
        report(() => recording, options, format, output, CancellationToken.None);
        return output.ToString();
    }

    /// <summary>RFC 4180: quotes double inside quotes. Fails where a row has not the columns of the header.</summary>
    public static List<Dictionary<string, string>> ParseCsv(string text)
    {
        List<List<string>> rows = [[""]];
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            List<string> row = rows[^1];
            switch (text[i])
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    row[^1] += text[i++];
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    row.Add("");
                    break;
                case '\n' when !quoted:
                    rows.Add([""]);
                    break;
                default:
                    row[^1] += text[i];
                    break;
            }
        }

        Assert.Equal([""], rows[^1]);
        List<string> header = rows[0];
        Assert.Equal(header.Count, header.Distinct().Count());
        return [.. rows[1..^1].Select(row =>
        {
            Assert.Equal(header.Count, row.Count);
            return header.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second);
        })];
    }
}
