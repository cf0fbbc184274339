using System.Globalization;
using System.Text;

namespace Damon.Trace.Reports;

/// <summary>A table as RFC 4180 has it, but with LF: numbers plain, nothing for what is unknown, text quoted where it must be.</summary>
internal sealed class CsvTable(TextWriter output)
{
    private const int FlushChars = 1 << 16;

    private readonly StringBuilder _text = new();
    private int _columns = -1;

    /// <summary>Names the columns; once, first.</summary>
    public void Header(params ReadOnlySpan<string> names)
    {
        _columns = names.Length;
        _text.AppendJoin(',', names).Append('\n');
    }

    /// <summary>One value a column.</summary>
    public void Row(params ReadOnlySpan<object?> values)
    {
        if (values.Length != _columns)
        {
            throw new ArgumentException($"{values.Length} values for {_columns} columns", nameof(values));
        }

        for (int i = 0; i < values.Length; i++)
        {
            _text.Append(i == 0 ? "" : ",");
            Append(values[i]);
        }

        _text.Append('\n');
        if (_text.Length >= FlushChars)
        {
            Flush();
        }
    }

    public void Flush()
    {
        output.Write(_text);
        _text.Clear();
    }

    private void Append(object? value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (text.AsSpan().ContainsAny(",\"\r\n"))
        {
            _text.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            _text.Append(text);
        }
    }
}
