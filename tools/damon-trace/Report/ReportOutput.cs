using System.Text;
using Damon.Trace.Cli.Export;
using Damon.Trace.Exporters.Output;

namespace Damon.Trace.Cli.Report;

/// <summary>Writes a report to a file, which gets its name when it is complete.</summary>
internal static class ReportOutput
{
    /// <param name="path">Where; - is stdout.</param>
    /// <param name="write">Writes it; false when there is nothing to write.</param>
    internal static void Write(string path, Func<TextWriter, bool> write)
    {
        using OutputFile file = OutputFile.Create(path);
        bool written = false;
        try
        {
            using StreamWriter text = new(file.Stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
            written = write(text);
        }
        catch (IOException broken) when (path == OutputFile.StandardOutput && BrokenPipe.Is(broken))
        {
            return;
        }
        finally
        {
            // Unlike half a recording, half a page or picture is of no use to anybody.
            if (!written)
            {
                file.Discard();
            }
        }

        if (!written)
        {
            throw new UserErrorException("there is nothing to report", "the recording has no snapshots of what was asked for", ExitCode.BadInput);
        }

        file.Complete();
    }
}
