using System.Text.Json;

namespace Damon.Trace.Exporters.Damo;

/// <summary>Takes the number after a field name: a json number, one of damo's strings, or null.</summary>
internal static class JsonNumbers
{
    /// <summary>Bound by the tokenizer for plain numbers; no allocation.</summary>
    internal static ulong? Optional(ref JsonCursor json, DamoUnit unit, ulong max, string expected)
    {
        json.Require();
        if (json.Type == JsonTokenType.Number && json.TryGetUInt64(out ulong number) && number <= max)
        {
            return number;
        }

        if (json.Type == JsonTokenType.Null)
        {
            return null;
        }

        decimal value = Parse(ref json, unit, expected);
        if (value < 0 || value > max || (unit == DamoUnit.None && value != decimal.Truncate(value)))
        {
            throw json.Expected($"{expected} of 0 to {max}");
        }

        return (ulong)value;
    }

    internal static ulong Required(ref JsonCursor json, DamoUnit unit, ulong max, string expected) =>
        Optional(ref json, unit, max, expected) ?? throw json.Expected(expected);

    /// <summary>A number that damo makes negative where it does not know it (the age before Linux 5.17): null as well.</summary>
    internal static ulong? OptionalOrMinusOne(ref JsonCursor json, DamoUnit unit, ulong max, string expected)
    {
        json.Require();
        if (json.Type == JsonTokenType.Number && json.TryGetUInt64(out ulong number) && number <= max)
        {
            return number;
        }

        if (json.Type == JsonTokenType.Null)
        {
            return null;
        }

        decimal value = Parse(ref json, unit, expected);
        if (value > max || (unit == DamoUnit.None && value < 0 && value != -1))
        {
            throw json.Expected($"{expected} of 0 to {max}, or -1");
        }

        return value < 0 ? null : (ulong)value;
    }

    internal static long? OptionalTime(ref JsonCursor json)
    {
        json.Require();
        if (json.Type == JsonTokenType.Null)
        {
            return null;
        }

        decimal value = Parse(ref json, DamoUnit.Nanoseconds, "a time");
        return value is > long.MinValue and <= long.MaxValue ? (long)value : throw json.Expected("a time of less than 2^63 ns");
    }

    /// <summary>
    /// damo 3.3.0 writes nanoseconds into a string without unit here and reads them as microseconds: such a string says nothing.
    /// Numbers, which it never writes, and strings with a unit are what they say.
    /// </summary>
    internal static ulong? SampleInterval(ref JsonCursor json)
    {
        json.Require();
        if (json.Type == JsonTokenType.Null)
        {
            return null;
        }

        bool bare = json.Type == JsonTokenType.String && json.Value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
        decimal value = Parse(ref json, DamoUnit.Microseconds, "a sampling interval");
        return bare ? null
            : value is >= 0 and <= ulong.MaxValue ? (ulong)value
            : throw json.Expected("a sampling interval in microseconds");
    }

    private static decimal Parse(ref JsonCursor json, DamoUnit unit, string expected)
    {
        decimal value = 0;
        bool read = json.Type switch
        {
            JsonTokenType.Number => json.TryGetDecimal(out value),
            JsonTokenType.String => DamoNumber.TryParse(json.Value, unit, out value),
            _ => false,
        };
        return read ? value : throw json.Expected(expected);
    }
}
