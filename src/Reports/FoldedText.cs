using System.Text;

namespace Damon.Trace.Reports;

/// <summary>
/// Text for a terminal of so many columns. A line that is longer goes on below, indented: a row of a table before its last column, a
/// sentence before a word. What has no blank stays in one piece, so that names and addresses can be copied.
/// </summary>
public sealed class FoldedText : TextWriter
{
    private const int Indent = 4;

    private readonly TextWriter _output;
    private readonly int _columns;
    private readonly StringBuilder _line = new();

    /// <param name="output">Where the lines go; not disposed.</param>
    /// <param name="columns">Width in characters.</param>
    public FoldedText(TextWriter output, int columns)
    {
        _output = output;
        _columns = columns;
        NewLine = "\n";
    }

    /// <summary>Width in characters.</summary>
    public int Columns => _columns;

    /// <inheritdoc/>
    public override Encoding Encoding => _output.Encoding;

    /// <summary>Writes a line that is as long as it was asked to be.</summary>
    public void WriteUnfolded(string line) => _output.WriteLine(line);

    /// <inheritdoc/>
    public override void Write(char value)
    {
        if (value != '\n')
        {
            _line.Append(value);
            return;
        }

        foreach (string part in Fold(_line.ToString(), _columns, Indent))
        {
            _output.WriteLine(part);
        }

        _line.Clear();
    }

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        Write(value);
        Write('\n');
    }

    /// <summary>The lines that a line becomes.</summary>
    internal static IEnumerable<string> Fold(string line, int columns, int indent)
    {
        line = line.TrimEnd();
        while (line.Length > columns)
        {
            int begin = line.Length - line.TrimStart(' ').Length;
            int column =
                line.LastIndexOf("  ", columns + 1 < line.Length ? columns + 1 : columns, columns - begin, StringComparison.Ordinal);
            int blank = column > begin ? column : LastBlank(line, begin, columns);
            if (blank < 0)
            {
                break;
            }

            yield return line[..blank].TrimEnd();
            line = new string(' ', indent) + line[blank..].TrimStart();

            // From here on it is a sentence, indented once.
            while (line.Length > columns && LastBlank(line, indent, columns) is > 0 and int next)
            {
                yield return line[..next];
                line = new string(' ', indent) + line[(next + 1)..];
            }

            break;
        }

        yield return line;
    }

    /// <summary>Where the words that fit end; else where the first one does; -1 in a single word.</summary>
    private static int LastBlank(string line, int begin, int columns)
    {
        int last = line.LastIndexOf(' ', columns, columns - begin);
        return last > begin ? last : line.IndexOf(' ', begin);
    }
}
