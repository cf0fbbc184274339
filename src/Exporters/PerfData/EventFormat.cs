using System.Globalization;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>The description of one tracepoint as the kernel gives it in its format file: name, id, and where its fields are.</summary>
internal sealed class EventFormat
{
    private readonly Dictionary<string, EventField> _fields = new(StringComparer.Ordinal);

    private EventFormat(string system) => System = system;

    /// <summary>The part of the name before the colon, e.g. <c>damon</c>.</summary>
    internal string System { get; }

    internal string Name { get; private set; } = "";

    /// <summary>common_type of its records.</summary>
    internal ulong Id { get; private set; }

    internal EventField? Field(string name) => _fields.TryGetValue(name, out EventField field) ? field : null;

    /// <summary>Takes what it understands; a text without a name or with strange lines gives a format without fields.</summary>
    internal static EventFormat Parse(string system, string text)
    {
        EventFormat format = new(system);
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.StartsWith("name:"))
            {
                format.Name = trimmed["name:".Length..].Trim().ToString();
            }
            else if (trimmed.StartsWith("ID:"))
            {
                ReadOnlySpan<char> number = trimmed["ID:".Length..].Trim();
                format.Id = ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) ? id : 0;
            }
            else if (trimmed.StartsWith("field:"))
            {
                format.AddField(trimmed["field:".Length..]);
            }
            else if (trimmed.StartsWith("print fmt:"))
            {
                break;
            }
        }

        return format;
    }

    /// <summary>"unsigned long start;	offset:24;	size:8;	signed:0;"</summary>
    private void AddField(ReadOnlySpan<char> line)
    {
        int end = line.IndexOf(';');
        if (end < 0)
        {
            return;
        }

        ReadOnlySpan<char> declaration = line[..end].TrimEnd();
        string name = declaration[(declaration.LastIndexOf(' ') + 1)..].ToString();
        if (TryNumber(line, "offset:", out int offset) && TryNumber(line, "size:", out int size))
        {
            _fields.TryAdd(name, new EventField(offset, size));
        }
    }

    private static bool TryNumber(ReadOnlySpan<char> line, ReadOnlySpan<char> key, out int value)
    {
        value = 0;
        int at = line.IndexOf(key);
        if (at < 0)
        {
            return false;
        }

        ReadOnlySpan<char> rest = line[(at + key.Length)..];
        int end = rest.IndexOf(';');
        return end >= 0
            && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value <= ushort.MaxValue;
    }
}
