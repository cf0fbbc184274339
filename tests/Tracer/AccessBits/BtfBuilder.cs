using System.Text;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Writes small BTF files by hand, type by type in the order of Documentation/bpf/btf.rst.</summary>
internal sealed class BtfBuilder
{
    private readonly List<uint> _types = [];
    private readonly List<byte> _strings = [0];

    internal int NextType { get; private set; } = 1;

    internal int Int(string name, uint size) => Type(name, kind: 1, count: 0, size, 0);

    internal int Struct(string name, uint size, params (string Name, int Type, uint Bits)[] members)
        => Composite(name, 4, size, bitFields: false, members);

    internal int StructWithBitFields(string name, uint size, params (string Name, int Type, uint Bits)[] members)
        => Composite(name, 4, size, bitFields: true, members);

    internal int Union(string name, uint size, params (string Name, int Type, uint Bits)[] members)
        => Composite(name, 5, size, bitFields: false, members);

    internal int Const(int type) => Type("", kind: 10, count: 0, (uint)type);

    internal int Enum(string name, params (string Name, int Value)[] values)
        => Type(name, 6, values.Length, 4, [.. values.SelectMany(value => new[] { String(value.Name), (uint)value.Value })]);

    internal int Enum64(string name, params (string Name, long Value)[] values)
        => Type(name, 19, values.Length, 8, [.. values.SelectMany(Words)]);

    private uint[] Words((string Name, long Value) value) => [String(value.Name), (uint)value.Value, (uint)(value.Value >> 32)];

    internal byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((ushort)0xeb9f);
        writer.Write((byte)1);
        writer.Write((byte)0);
        writer.Write(24);
        writer.Write(0);
        writer.Write(_types.Count * 4);
        writer.Write(_types.Count * 4);
        writer.Write(_strings.Count);
        _types.ForEach(writer.Write);
        writer.Write([.. _strings]);
        return stream.ToArray();
    }

    private int Composite(string name, uint kind, uint size, bool bitFields, (string Name, int Type, uint Bits)[] members)
        => Type(
            name,
            kind | (bitFields ? 0x80u : 0),
            members.Length,
            size,
            [.. members.SelectMany(member => new[] { String(member.Name), (uint)member.Type, member.Bits })]);

    private int Type(string name, uint kind, int count, uint sizeOrType, params uint[] rest)
    {
        _types.Add(String(name));
        _types.Add((kind << 24) | (uint)count);
        _types.Add(sizeOrType);
        _types.AddRange(rest);
        return NextType++;
    }

    private uint String(string text)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        uint at = (uint)_strings.Count;
        _strings.AddRange(Encoding.UTF8.GetBytes(text));
        _strings.Add(0);
        return at;
    }
}
