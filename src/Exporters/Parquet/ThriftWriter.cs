using System.Text;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// One struct of Thrift's compact protocol, the encoding of all Parquet metadata. Fields are written in ascending order and end with
/// <see cref="End"/>; nested structs are values of this type on the same buffer.
/// </summary>
internal struct ThriftWriter(ByteBuffer buffer)
{
    private const int TypeTrue = 1;
    private const int TypeFalse = 2;
    private const int TypeI8 = 3;
    private const int TypeI32 = 5;
    private const int TypeI64 = 6;
    private const int TypeBinary = 8;
    private const int TypeList = 9;
    private const int TypeStruct = 12;

    private int _lastField;

    internal void I8(int field, sbyte value)
    {
        Header(field, TypeI8);
        buffer.Write((byte)value);
    }

    internal void I32(int field, int value)
    {
        Header(field, TypeI32);
        buffer.WriteZigZag(value);
    }

    internal void I64(int field, long value)
    {
        Header(field, TypeI64);
        buffer.WriteZigZag(value);
    }

    /// <summary>A boolean field has its value in the type.</summary>
    internal void Bool(int field, bool value) => Header(field, value ? TypeTrue : TypeFalse);

    internal void String(int field, string value) => Binary(field, Encoding.UTF8.GetBytes(value));

    internal void Binary(int field, ReadOnlySpan<byte> value)
    {
        Header(field, TypeBinary);
        ListElement(value);
    }

    /// <summary>Begins a struct field; write its fields, then its <see cref="End"/>.</summary>
    internal ThriftWriter Struct(int field)
    {
        Header(field, TypeStruct);
        return new ThriftWriter(buffer);
    }

    /// <summary>A struct without fields: how a union says which of its members it is.</summary>
    internal void EmptyStruct(int field) => Struct(field).End();

    /// <summary>Begins a list of structs: <paramref name="count"/> times <see cref="ListStruct"/> must follow.</summary>
    internal void StructList(int field, int count) => List(field, TypeStruct, count);

    internal readonly ThriftWriter ListStruct() => new(buffer);

    internal void I32List(int field, params ReadOnlySpan<int> values)
    {
        List(field, TypeI32, values.Length);
        foreach (int value in values)
        {
            buffer.WriteZigZag(value);
        }
    }

    internal void StringList(int field, string only)
    {
        List(field, TypeBinary, 1);
        ListElement(Encoding.UTF8.GetBytes(only));
    }

    internal readonly void End() => buffer.Write(0);

    private readonly void ListElement(ReadOnlySpan<byte> value)
    {
        buffer.WriteVarint((ulong)value.Length);
        buffer.Write(value);
    }

    private void List(int field, int elementType, int count)
    {
        Header(field, TypeList);
        if (count < 15)
        {
            buffer.Write((byte)((count << 4) | elementType));
            return;
        }

        buffer.Write((byte)(0xF0 | elementType));
        buffer.WriteVarint((ulong)count);
    }

    /// <summary>Distance to the last field and type in one byte, or the field's number in full when the distance is too large.</summary>
    private void Header(int field, int type)
    {
        int distance = field - _lastField;
        if (distance is > 0 and <= 15)
        {
            buffer.Write((byte)((distance << 4) | type));
        }
        else
        {
            buffer.Write((byte)type);
            buffer.WriteZigZag(field);
        }

        _lastField = field;
    }
}
