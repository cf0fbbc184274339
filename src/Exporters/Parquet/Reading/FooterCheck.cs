using System.Buffers.Binary;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>
/// Looks through a Parquet file's footer (a structure of Thrift's compact protocol) for sizes that its bytes cannot hold. Parquet.Net makes room for
/// as many elements as a list announces before it reads the first: one damaged byte would cost gigabytes.
/// </summary>
internal ref struct FooterCheck
{
    private const int TailSize = 8;
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _footer;
    private readonly long _offset;
    private int _position;

    private FooterCheck(ReadOnlySpan<byte> footer, long offset)
    {
        _footer = footer;
        _offset = offset;
    }

    private enum Kind
    {
        Stop = 0,
        True = 1,
        False = 2,
        Byte = 3,
        Short = 4,
        Int = 5,
        Long = 6,
        Double = 7,
        Binary = 8,
        List = 9,
        Set = 10,
        Map = 11,
        Struct = 12,
        Uuid = 13,
    }

    /// <summary>Bound by the size of the footer, which is read once more. Says nothing where there is none: Parquet.Net has words for that.</summary>
    /// <exception cref="RecordingFormatException">A size cannot be, with its offset in the file.</exception>
    internal static void Require(Stream file)
    {
        if (file.Length < TailSize + 4)
        {
            return;
        }

        Span<byte> tail = stackalloc byte[TailSize];
        file.Position = file.Length - TailSize;
        file.ReadExactly(tail);
        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length <= 0 || length > file.Length - TailSize)
        {
            return;
        }

        byte[] footer = new byte[length];
        file.Position = file.Length - TailSize - length;
        file.ReadExactly(footer);
        new FooterCheck(footer, file.Length - TailSize - length).Struct(0);
    }

    private void Struct(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Damaged($"structures {MaxDepth} deep or less", "deeper ones");
        }

        while (Byte() is byte header && (Kind)(header & 0xf) != Kind.Stop)
        {
            if (header >> 4 == 0)
            {
                _ = Number(); // the field's id in full
            }

            Kind kind = (Kind)(header & 0xf);
            if (kind is not (Kind.True or Kind.False))
            {
                Value(kind, depth);
            }
        }
    }

    private void Value(Kind kind, int depth)
    {
        switch (kind)
        {
            case Kind.True or Kind.False or Kind.Byte:
                Skip(1);
                break;
            case Kind.Short or Kind.Int or Kind.Long:
                _ = Number();
                break;
            case Kind.Double:
                Skip(sizeof(double));
                break;
            case Kind.Uuid:
                Skip(16);
                break;
            case Kind.Binary:
                Skip(Size("bytes"));
                break;
            case Kind.List or Kind.Set:
                List(depth);
                break;
            case Kind.Map:
                Map(depth);
                break;
            case Kind.Struct:
                Struct(depth + 1);
                break;
            default:
                throw Damaged("a type of Thrift's compact protocol", $"{(int)kind}");
        }
    }

    private void List(int depth)
    {
        byte header = Byte();
        int count = header >> 4 == 0xf ? Size("elements") : header >> 4;
        for (int i = 0; i < count; i++)
        {
            Value((Kind)(header & 0xf), depth + 1);
        }
    }

    private void Map(int depth)
    {
        int count = Size("entries");
        byte kinds = count == 0 ? (byte)0 : Byte();
        for (int i = 0; i < count; i++)
        {
            Value((Kind)(kinds >> 4), depth + 1);
            Value((Kind)(kinds & 0xf), depth + 1);
        }
    }

    /// <summary>A count of things that take a byte or more each.</summary>
    private int Size(string things)
    {
        ulong size = Number();
        int left = _footer.Length - _position;
        return size <= (ulong)left ? (int)size : throw Damaged($"at most {left} {things}", $"{size}");
    }

    private ulong Number()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged("a number of ten bytes or less", "a longer one");
    }

    private byte Byte()
    {
        Skip(1);
        return _footer[_position - 1];
    }

    private void Skip(int bytes)
    {
        if (bytes > _footer.Length - _position)
        {
            throw Damaged($"{bytes} more bytes of the footer", $"{_footer.Length - _position}");
        }

        _position += bytes;
    }

    private readonly RecordingFormatException Damaged(string expected, string found) =>
        new($"the Parquet file is damaged: offset {_offset + _position}: expected {expected}, found {found}");
}
