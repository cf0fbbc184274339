namespace Damon.Trace.Exporters.Parquet;

/// <summary>Name and type of a column, in Parquet's words. Numbers are those of parquet.thrift.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Kind">Of its values.</param>
/// <param name="Optional">Whether rows may have none.</param>
/// <param name="Recurs">
/// Whether most values of a snapshot are those of the one before, in the same order; for 64-bit numbers and fractions.
/// </param>
internal sealed record ColumnSchema(string Name, ColumnKind Kind, bool Optional = false, bool Recurs = false)
{
    private const int Required = 0;
    private const int OptionalRepetition = 1;

    internal int PhysicalType => Kind switch
    {
        ColumnKind.Boolean => 0,
        ColumnKind.Int32 or ColumnKind.UInt32 => 1,
        ColumnKind.Float => 4,
        ColumnKind.String => 6,
        _ => 2,
    };

    internal bool IsTimestamp => Kind is ColumnKind.Timestamp or ColumnKind.TimestampMicros;

    internal bool IsUnsigned => Kind is ColumnKind.UInt32 or ColumnKind.UInt64;

    /// <summary>Bytes of one value in statistics.</summary>
    internal int Width => Kind switch
    {
        ColumnKind.Boolean => sizeof(byte),
        ColumnKind.Int32 or ColumnKind.UInt32 or ColumnKind.Float => sizeof(uint),
        _ => sizeof(ulong),
    };

    /// <summary>Writes the fields of SchemaElement.</summary>
    internal void WriteTo(ThriftWriter element)
    {
        element.I32(1, PhysicalType);
        element.I32(3, Optional ? OptionalRepetition : Required);
        element.String(4, Name);
        switch (Kind)
        {
            case ColumnKind.UInt32:
                WriteUnsigned(ref element, convertedType: 13, bits: 32);
                break;
            case ColumnKind.UInt64:
                WriteUnsigned(ref element, convertedType: 14, bits: 64);
                break;
            case ColumnKind.Timestamp or ColumnKind.TimestampMicros:
                if (Kind == ColumnKind.TimestampMicros)
                {
                    // TIMESTAMP_MICROS; nanoseconds have no converted type.
                    element.I32(6, 10);
                }

                ThriftWriter union = element.Struct(10);
                ThriftWriter timestamp = union.Struct(8);
                timestamp.Bool(1, true);
                ThriftWriter unit = timestamp.Struct(2);
                unit.EmptyStruct(Kind == ColumnKind.TimestampMicros ? 2 : 3);
                unit.End();
                timestamp.End();
                union.End();
                break;
            case ColumnKind.String:
                element.I32(6, 0);
                ThriftWriter text = element.Struct(10);
                text.EmptyStruct(1);
                text.End();
                break;
            default:
                break;
        }

        element.End();
    }

    /// <summary>The converted type is for readers older than logical types.</summary>
    private static void WriteUnsigned(ref ThriftWriter element, int convertedType, sbyte bits)
    {
        element.I32(6, convertedType);
        ThriftWriter union = element.Struct(10);
        ThriftWriter integer = union.Struct(10);
        integer.I8(1, bits);
        integer.Bool(2, false);
        integer.End();
        union.End();
    }
}
