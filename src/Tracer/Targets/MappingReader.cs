using System.Buffers.Text;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// Reads /proc/PID/maps into mappings. Made to be called every second on targets with ten thousands of mappings: the text is read into one
/// reused buffer, an unchanged text is not parsed again, and a name or a set of permissions seen before is the same string object.
/// Reading costs about 70 ns a mapping in the kernel, parsing about as much.
/// </summary>
public sealed class MappingReader
{
    private const int ExpectedLineLength = 100;

    private readonly TargetProcess _target;
    private readonly NameTable _names = new();
    private byte[] _text = new byte[64 * 1024];
    private byte[] _latest = new byte[64 * 1024];
    private int _latestLength = -1;

    /// <summary>Reads the mappings of one target.</summary>
    public MappingReader(TargetProcess target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
    }

    /// <summary>Reads all mappings in address order.</summary>
    /// <param name="mappings">Emptied and filled when they changed since the latest call; otherwise left alone.</param>
    /// <param name="changed">True when the text differs from that of the latest call.</param>
    /// <returns>False when the target has no memory (any more) or it cannot be read.</returns>
    public bool TryRead(List<Mapping> mappings, out bool changed)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        changed = false;
        int length = _target.Proc.ReadAll("maps", ref _text);
        if (length <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> text = _text.AsSpan(0, length);
        if (length == _latestLength && text.SequenceEqual(_latest.AsSpan(0, length)))
        {
            return true;
        }

        changed = true;
        mappings.Clear();
        mappings.EnsureCapacity(length / ExpectedLineLength);
        Parse(text, mappings);
        (_latest, _text) = (_text, _latest);
        _latestLength = length;
        return true;
    }

    /// <summary>Parses text in the format of /proc/PID/maps. A line that does not fit the format is left out.</summary>
    internal void Parse(ReadOnlySpan<byte> text, List<Mapping> mappings)
    {
        _names.Trim(keep: (text.Length / ExpectedLineLength * 2) + 1024);
        ulong previousEnd = 0;
        while (!text.IsEmpty)
        {
            int newline = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = newline < 0 ? text : text[..newline];
            text = newline < 0 ? default : text[(newline + 1)..];

            // The kernel hands the list out in pieces; when mappings change in between, one may be seen again in its new size.
            if (TryParseLine(line, out Mapping mapping) && mapping.Start >= previousEnd)
            {
                mappings.Add(mapping);
                previousEnd = mapping.End;
            }
        }
    }

    // start-end perms offset major:minor inode   name
    private bool TryParseLine(ReadOnlySpan<byte> line, out Mapping mapping)
    {
        mapping = default;
        if (!TryTakeHex(ref line, (byte)'-', out ulong start) || !TryTakeHex(ref line, (byte)' ', out ulong end) || end <= start
            || line.Length < 5 || line[4] != ' ')
        {
            return false;
        }

        string permissions = _names.Get(line[..4]);
        line = line[5..];
        if (!TryTakeHex(ref line, (byte)' ', out ulong offset))
        {
            return false;
        }

        int device = line.IndexOf((byte)' ');
        if (device < 0 || !Utf8Parser.TryParse(line[(device + 1)..], out ulong inode, out int digits))
        {
            return false;
        }

        // The kernel pads with blanks up to the name; a name may begin with any other character.
        ReadOnlySpan<byte> name = line[(device + 1 + digits)..].TrimStart((byte)' ');
        mapping = new Mapping(start, end, permissions, offset, inode, name.IsEmpty ? "" : _names.Get(name));
        return true;
    }

    private static bool TryTakeHex(ref ReadOnlySpan<byte> line, byte terminator, out ulong value)
    {
        value = 0;
        for (int index = 0; index < line.Length; index++)
        {
            int character = line[index];
            if (character == terminator)
            {
                line = line[(index + 1)..];
                return index > 0;
            }

            int digit = character <= '9' ? character - '0' : character - 'a' + 10;
            if ((uint)digit > 15)
            {
                return false;
            }

            value = (value << 4) | (uint)digit;
        }

        return false;
    }
}
