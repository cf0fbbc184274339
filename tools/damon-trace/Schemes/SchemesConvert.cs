using Damon.Trace.Cli.Report;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Cli.Schemes;

/// <summary><c>schemes convert</c>.</summary>
internal static class SchemesConvert
{
    internal static readonly string[] Names = ["line", "json", "yaml"];

    /// <summary>Writes the schemes of a file in another notation.</summary>
    /// <param name="path">What to read.</param>
    /// <param name="to">The notation; null: what the name of the output says.</param>
    /// <param name="file">What to write; null: the output.</param>
    /// <param name="output">Standard output.</param>
    internal static int Write(string path, string? to, string? file, TextWriter output)
    {
        file = file == "-" ? null : file;
        SchemeNotation? named = file is null ? null : SchemeFile.NotationOf(file) ?? SchemeNotation.Line;
        SchemeNotation? asked = to is null ? null : (SchemeNotation)Array.IndexOf(Names, to);
        if (asked is { } one && named is { } other && one != other && SchemeFile.NotationOf(file!) is not null)
        {
            throw new UserErrorException($"'{file}' and --to {to} do not fit together", "leave one of them out", ExitCode.Usage);
        }

        SchemeNotation notation = asked ?? named ?? throw new UserErrorException(
            "no notation to convert to", "add --to line, json or yaml, or -o with a name that ends in .json or .yaml", ExitCode.Usage);
        string text;
        try
        {
            text = SchemeFile.Write(SchemesInput.Read(path), notation);
        }
        catch (SchemeException problem)
        {
            throw new UserErrorException(problem.Message, problem.Hint, ExitCode.BadInput);
        }

        if (file is null)
        {
            output.Write(text);
            return ExitCode.Ok;
        }

        ReportOutput.Write(file, writer =>
        {
            writer.Write(text);
            return true;
        });
        return ExitCode.Ok;
    }
}
