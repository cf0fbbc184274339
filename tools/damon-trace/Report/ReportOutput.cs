using System.Text;
using Damon.Trace.Exporters.Output;

namespace Damon.Trace.Cli.Report;

/// <summary>Writes a report to a file, which gets its name when it is complete; unlike half a recording, half a report is of no use.</summary>
internal static class ReportOutput
{
    private const int BufferBytes = 1 << 16;

    /// <param name="path">Where.</param>
    /// <param name="write">Writes it; false when there is nothing to write.</param>
    internal static void Write(string path, Func<TextWriter, bool> write)
    {
        using var file = OutputFile.Create(path);

        // Not disposed: after an error there is nothing that should be written once more.
        var text = new StreamWriter(file.Stream, new UTF8Encoding(false), BufferBytes, leaveOpen: true) { NewLine = "\n" };
        if (!write(text))
        {
            throw new UserErrorException("there is nothing to report", "the recording has no snapshots of what was asked for", ExitCode.BadInput);
        }

        text.Flush();
        Interruption.Finish(() => file.Complete());
    }
}
