using System.Text;

namespace Damon.Trace.Cli;

/// <summary>
/// Standard error that nobody may be able to read: closed, or a log on a full disk. Messages that cannot be written are lost, as they are for
/// every C program; the work and its exit code are not.
/// </summary>
internal sealed class StandardError(TextWriter error) : TextWriter
{
    public override Encoding Encoding => error.Encoding;

    public override void Write(char value) => Try(() => error.Write(value));

    public override void Write(string? value) => Try(() => error.Write(value));

    public override void WriteLine(string? value) => Try(() => error.WriteLine(value));

    public override void Flush() => Try(error.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // There is nobody left to tell.
        }
    }
}
