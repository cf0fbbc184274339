using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>
/// A structure of Thrift's compact protocol, looked through for sizes that its bytes cannot hold. Parquet.Net makes room for as much as a
/// footer or the header of a page announces before it reads the first byte of it: one damaged byte would cost gigabytes.
/// </summary>
internal ref struct ThriftStructure
{
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _offset;
    private readonly Span<long> _numbers;
    private int _position;

    private ThriftStructure(ReadOnlySpan<byte> bytes, long offset, Span<long> numbers)
    {
        _bytes = bytes;
        _offset = offset;
        _numbers = numbers;
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

    /// <summary>Looks through the structure at the beginning of the bytes.</summary>
    /// <param name="bytes">What there is, from the structure's first byte.</param>
    /// <param name="offset">Where that is in the file.</param>
    /// <param name="numbers">Filled with the whole numbers among its own fields, by their ids, as many as there is room for.</param>
    /// <param name="shape">What it should be.</param>
    /// <returns>Its length in bytes.</returns>
    /// <exception cref="RecordingFormatException">A size or a type cannot be, with its offset in the file.</exception>
    internal static int Require(ReadOnlySpan<byte> bytes, long offset, ThriftShape shape, Span<long> numbers)
    {
        ThriftStructure structure = new(bytes, offset, numbers);
        structure.Struct(0, shape);
        return structure._position;
    }

    private void Struct(int depth, ThriftShape? shape)
    {
        if (depth > MaxDepth)
        {
            throw Damaged($"structures {MaxDepth} deep or less", "deeper ones");
        }

        long id = 0;
        while (Byte() is byte header && header != 0)
        {
            id = header >> 4 == 0 ? Signed(Number()) : id + (header >> 4);
            Kind kind = (Kind)(header & 0xf);
            if (kind == Kind.Stop || id is < 0 or > short.MaxValue)
            {
                throw Damaged("a field with a type and an id of 15 bits", $"type {(int)kind}, id {id}");
            }

            char type = '?';
            ThriftShape? of = null;
            if (shape?.TryGet(id, out type, out of) ?? false)
            {
                RequireKind(KindOf(type), kind);
            }

            if (depth == 0 && kind is Kind.Short or Kind.Int or Kind.Long && id is >= 0 && id < _numbers.Length)
            {
                _numbers[(int)id] = Signed(Number());
            }
            else if (kind is not (Kind.True or Kind.False))
            {
                Value(kind, depth, type, of);
            }
        }
    }

    private static Kind KindOf(char type) => type switch
    {
        't' => Kind.True,
        'y' => Kind.Byte,
        'h' => Kind.Short,
        'i' => Kind.Int,
        'l' => Kind.Long,
        'd' => Kind.Double,
        'b' => Kind.Binary,
        '{' => Kind.Struct,
        _ => Kind.List,
    };

    private static Kind ElementOf(char type) => type switch
    {
        'I' => Kind.Int,
        'L' => Kind.Long,
        'B' => Kind.Binary,
        _ => Kind.Struct,
    };

    /// <summary>A bool is its own value.</summary>
    private readonly void RequireKind(Kind expected, Kind found)
    {
        if (found != expected && (expected, found) != (Kind.True, Kind.False))
        {
            throw Damaged($"a field of type {(int)expected}", $"{(int)found}");
        }
    }

    private void Value(Kind kind, int depth, char type = '?', ThriftShape? of = null)
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
                List(depth, type, of);
                break;
            case Kind.Map:
                Map(depth);
                break;
            case Kind.Struct:
                Struct(depth + 1, of);
                break;
            default:
                throw Damaged("a type of Thrift's compact protocol", $"{(int)kind}");
        }
    }

    private void List(int depth, char type, ThriftShape? of)
    {
        byte header = Byte();
        int count = header >> 4 == 0xf ? Size("elements") : header >> 4;
        if (type != '?' && count > 0)
        {
            RequireKind(ElementOf(type), (Kind)(header & 0xf));
        }

        // Nobody has any, and Parquet.Net passes over them as if they took no room.
        if (count > 0 && (Kind)(header & 0xf) is Kind.True or Kind.False)
        {
            throw Damaged("a list of other things", "one of bools");
        }

        for (int i = 0; i < count; i++)
        {
            Value((Kind)(header & 0xf), depth + 1, '?', of);
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
        int left = _bytes.Length - _position;
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

    private static long Signed(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

    private byte Byte()
    {
        Skip(1);
        return _bytes[_position - 1];
    }

    private void Skip(int bytes)
    {
        if (bytes > _bytes.Length - _position)
        {
            throw Damaged($"{bytes} more bytes", $"{_bytes.Length - _position}");
        }

        _position += bytes;
    }

    private readonly RecordingFormatException Damaged(string expected, string found) =>
        new($"the Parquet file is damaged: offset {_offset + _position}: expected {expected}, found {found}");
}
