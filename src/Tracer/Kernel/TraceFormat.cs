using System.Globalization;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>
/// A tracepoint's <c>format</c> file (Documentation/trace/events.rst, section 2): its id, which differs from boot to boot, and where its
/// fields lie, which differs from kernel to kernel.
/// </summary>
internal sealed class TraceFormat
{
    private readonly Dictionary<string, TraceField> _fields;

    private TraceFormat(string name, ushort id, Dictionary<string, TraceField> fields)
    {
        Name = name;
        Id = id;
        _fields = fields;
    }

    internal string Name { get; }

    internal ushort Id { get; }

    /// <summary>The field's place; <see cref="TraceField.Absent"/> when this kernel does not have it.</summary>
    internal TraceField this[string field] => _fields.GetValueOrDefault(field, TraceField.Absent);

    /// <summary>Reads the text of a format file.</summary>
    /// <exception cref="InvalidDataException">The text has no name or no usable id.</exception>
    internal static TraceFormat Parse(string text)
    {
        string? name = null;
        ushort? id = null;
        var fields = new Dictionary<string, TraceField>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("name:", StringComparison.Ordinal))
            {
                name = line["name:".Length..].Trim();
            }
            else if (line.StartsWith("ID:", StringComparison.Ordinal))
            {
                id = ushort.TryParse(line.AsSpan("ID:".Length), CultureInfo.InvariantCulture, out ushort number) ? number : null;
            }
            else if (line.StartsWith("\tfield:", StringComparison.Ordinal))
            {
                AddField(fields, line);
            }
        }

        return name is { Length: > 0 } && id is { } known
            ? new TraceFormat(name, known, fields)
            : throw new InvalidDataException("trace format without name or ID: " + text[..Math.Min(text.Length, 60)]);
    }

    /// <summary><c>\tfield:unsigned long start;\toffset:24;\tsize:8;\tsigned:0;</c>, an array as <c>char comm[16]</c>.</summary>
    private static void AddField(Dictionary<string, TraceField> fields, string line)
    {
        string[] parts = line.Split(';', StringSplitOptions.TrimEntries);
        if (parts.Length < 3 || Number(parts[1], "offset:") is not { } offset || Number(parts[2], "size:") is not { } size)
        {
            return;
        }

        string declaration = parts[0];
        int bracket = declaration.IndexOf('[', StringComparison.Ordinal);
        string plain = bracket < 0 || declaration.Contains("__data_loc", StringComparison.Ordinal) ? declaration : declaration[..bracket];
        fields[plain[(plain.LastIndexOf(' ') + 1)..]] = new TraceField(offset, size);
    }

    private static int? Number(string part, string prefix) =>
        part.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(part.AsSpan(prefix.Length), CultureInfo.InvariantCulture, out int number)
        && number >= 0 ? number : null;
}
