using System.Buffers.Binary;
using System.Text;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// The kernel's own description of its types (Documentation/bpf/btf.rst), read for a few offsets and enum values.
/// One pass notes where each type starts; nothing is built per type, names are compared in place.
/// </summary>
internal sealed class Btf
{
    internal const string KernelPath = "/sys/kernel/btf/vmlinux";

    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;
    private const int TypeSize = 12;
    private const int MemberSize = 12;

    private readonly byte[] _data;
    private readonly int _stringsAt;
    private readonly int _stringsEnd;
    private readonly List<int> _typeAt = new(capacity: 1 << 17);
    private readonly List<int> _structs = new(capacity: 1 << 14);
    private readonly List<int> _enums = new(capacity: 1 << 12);

    private Btf(byte[] data)
    {
        _data = data;
        if (data.Length < HeaderSize || BinaryPrimitives.ReadUInt16LittleEndian(data) != Magic)
        {
            throw new InvalidDataException("not BTF of this byte order: the first two bytes are not 9f eb");
        }

        long header = Word(4);
        long typesAt = header + Word(8);
        long typesEnd = typesAt + Word(12);
        long stringsAt = header + Word(16);
        long stringsEnd = stringsAt + Word(20);
        if (header < HeaderSize || typesEnd > data.Length || stringsEnd > data.Length
            || stringsEnd <= stringsAt || data[stringsEnd - 1] != 0)
        {
            throw new InvalidDataException($"BTF sections reach beyond the file's {data.Length} bytes");
        }

        _stringsAt = (int)stringsAt;
        _stringsEnd = (int)stringsEnd;
        IndexTypes((int)typesAt, (int)typesEnd);
    }

    private enum Kind
    {
        Void = 0,
        Int = 1,
        Pointer = 2,
        Array = 3,
        Struct = 4,
        Union = 5,
        Enum = 6,
        Forward = 7,
        Typedef = 8,
        Volatile = 9,
        Const = 10,
        Restrict = 11,
        Function = 12,
        FunctionPrototype = 13,
        Variable = 14,
        DataSection = 15,
        Float = 16,
        DeclarationTag = 17,
        TypeTag = 18,
        Enum64 = 19,
    }

    /// <summary>Number of types, the void type included.</summary>
    internal int TypeCount => _typeAt.Count;

    /// <summary>Reads BTF from memory.</summary>
    /// <exception cref="InvalidDataException">The bytes are not BTF.</exception>
    internal static Btf Parse(byte[] data) => new(data);

    /// <summary>Reads the running kernel's BTF.</summary>
    /// <exception cref="IOException">The kernel offers none.</exception>
    /// <exception cref="InvalidDataException">It is not BTF.</exception>
    internal static Btf ReadKernel() => new(File.ReadAllBytes(KernelPath));

    /// <summary>Size of a struct in bytes, or -1.</summary>
    internal int SizeOf(string structName)
    {
        int type = FindStruct(Encoding.UTF8.GetBytes(structName));
        return type == 0 ? -1 : (int)Word(_typeAt[type] + 8);
    }

    /// <summary>Offset of a member in bytes, also when it sits in an unnamed struct or union inside; -1 when there is none.</summary>
    internal int OffsetOf(string structName, string member)
    {
        int type = FindStruct(Encoding.UTF8.GetBytes(structName));
        return type == 0 ? -1 : FindMember(type, Encoding.UTF8.GetBytes(member), 0);
    }

    /// <summary>Value of an enumerator of any enum, or -1.</summary>
    internal long EnumValue(string enumerator)
    {
        byte[] name = Encoding.UTF8.GetBytes(enumerator);
        foreach (int type in _enums)
        {
            int at = _typeAt[type];
            int stride = KindAt(at) == Kind.Enum64 ? 12 : 8;
            for (int i = 0, entry = at + TypeSize; i < CountAt(at); i++, entry += stride)
            {
                if (NameEquals(Word(entry), name))
                {
                    return stride == 8 ? (int)Word(entry + 4) : (long)(Word(entry + 4) | ((ulong)Word(entry + 8) << 32));
                }
            }
        }

        return -1;
    }

    /// <summary>Type number of a function, or -1.</summary>
    internal int FunctionType(string function)
    {
        byte[] name = Encoding.UTF8.GetBytes(function);
        for (int type = 1; type < _typeAt.Count; type++)
        {
            if (KindAt(_typeAt[type]) == Kind.Function && NameEquals(Word(_typeAt[type]), name))
            {
                return type;
            }
        }

        return -1;
    }

    private void IndexTypes(int at, int end)
    {
        _typeAt.Add(0);
        while (at < end)
        {
            if (at + TypeSize > end)
            {
                throw new InvalidDataException($"BTF type {_typeAt.Count} is cut off at offset {at}");
            }

            Kind kind = KindAt(at);
            if (kind is Kind.Struct && CountAt(at) != 0)
            {
                _structs.Add(_typeAt.Count);
            }
            else if (kind is Kind.Enum or Kind.Enum64)
            {
                _enums.Add(_typeAt.Count);
            }

            _typeAt.Add(at);
            at += TypeSize + ExtraSize(kind, CountAt(at), at);
            if (at > end)
            {
                throw new InvalidDataException($"BTF type {_typeAt.Count - 1} reaches beyond the type section");
            }
        }
    }

    private static int ExtraSize(Kind kind, int count, int at) => kind switch
    {
        Kind.Int or Kind.Variable or Kind.DeclarationTag => 4,
        Kind.Array => 12,
        Kind.Struct or Kind.Union or Kind.DataSection or Kind.Enum64 => 12 * count,
        Kind.Enum or Kind.FunctionPrototype => 8 * count,
        > Kind.Void and <= Kind.Enum64 => 0,
        _ => throw new InvalidDataException($"unknown BTF kind {(int)kind} at offset {at}"),
    };

    private int FindStruct(ReadOnlySpan<byte> name)
    {
        foreach (int type in _structs)
        {
            if (NameEquals(Word(_typeAt[type]), name))
            {
                return type;
            }
        }

        return 0;
    }

    private int FindMember(int type, ReadOnlySpan<byte> name, int depth)
    {
        int at = SkipModifiers(type);
        // The depth bound only guards against a file that contains itself.
        if (at == 0 || depth > 16 || KindAt(at) is not (Kind.Struct or Kind.Union))
        {
            return -1;
        }

        bool hasBitFields = Word(at + 4) >> 31 != 0;
        for (int i = 0, entry = at + TypeSize; i < CountAt(at); i++, entry += MemberSize)
        {
            uint bits = hasBitFields ? Word(entry + 8) & 0xffffff : Word(entry + 8);
            if (NameEquals(Word(entry), name))
            {
                return (int)(bits / 8);
            }

            if (NameEquals(Word(entry), default) && FindMember((int)Word(entry + 4), name, depth + 1) is var inner and >= 0)
            {
                return (int)(bits / 8) + inner;
            }
        }

        return -1;
    }

    /// <summary>Where the type behind typedefs and qualifiers starts; 0 when there is none.</summary>
    private int SkipModifiers(int type)
    {
        for (int steps = 0; type > 0 && type < _typeAt.Count && steps < 64; steps++)
        {
            int at = _typeAt[type];
            if (KindAt(at) is not (Kind.Typedef or Kind.Volatile or Kind.Const or Kind.Restrict or Kind.TypeTag))
            {
                return at;
            }

            type = (int)Word(at + 8);
        }

        return 0;
    }

    private bool NameEquals(uint offset, ReadOnlySpan<byte> name)
    {
        long at = (long)_stringsAt + offset;
        return at + name.Length < _stringsEnd && _data[at + name.Length] == 0 && _data.AsSpan((int)at, name.Length).SequenceEqual(name);
    }

    private Kind KindAt(int at) => (Kind)((Word(at + 4) >> 24) & 31);

    private int CountAt(int at) => (int)(Word(at + 4) & 0xffff);

    private uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_data.AsSpan(at));
}
