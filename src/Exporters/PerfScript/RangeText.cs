using System.Buffers.Binary;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// "start-end: nr_accesses age" with single blanks, as every kernel prints it. Addresses nearly always have as many digits as those of the
/// line before, so it is known where everything is before any of it is read: no number has to wait for the end of the one before.
/// </summary>
internal struct RangeText
{
    private int _startDigits = ByteText.LeastLongDigits;
    private int _endDigits = ByteText.LeastLongDigits;

    public RangeText()
    {
    }

    /// <summary>Reads it and moves behind it; false, and nothing moved, for whatever else there is. Bound by 40 digits; no allocation.</summary>
    internal bool TryParse(ReadOnlySpan<byte> line, ref int at, ref RegionEvent region) =>
        TryParseAsBefore(line, ref at, ref region) || TryParseAny(line, ref at, ref region);

    private readonly bool TryParseAsBefore(ReadOnlySpan<byte> line, ref int at, ref RegionEvent region)
    {
        int dash = at + _startDigits;
        int colon = dash + 1 + _endDigits;
        int counters = colon + 2;
        if (line.Length - counters < sizeof(ulong) || line[dash] != '-' || line[colon] != ':' || line[colon + 1] != ' '
            || !ByteText.TryLongDecimal(line[at..dash], out region.Start)
            || !ByteText.TryLongDecimal(line[(dash + 1)..colon], out region.End))
        {
            return false;
        }

        // Both counters and what ends them, in one register.
        ulong text = BinaryPrimitives.ReadUInt64LittleEndian(line[counters..]);
        int accesses = ByteText.LeadingDigits(text);
        ulong behind = text >> (8 * accesses);
        int age = ByteText.LeadingDigits(behind >> 8);
        if (accesses == 0 || age == 0 || accesses + 1 + age >= sizeof(ulong) || (byte)behind != ' ')
        {
            return false;
        }

        region.NrAccesses = (uint)ByteText.ToNumber(text, accesses);
        region.Age = (uint)ByteText.ToNumber(behind >> 8, age);
        at = counters + accesses + 1 + age;
        return true;
    }

    private bool TryParseAny(ReadOnlySpan<byte> line, ref int at, ref RegionEvent region)
    {
        int dash = at;
        if (!ByteText.TryDecimal(line, ref dash, ulong.MaxValue, out region.Start) || dash == line.Length || line[dash] != '-')
        {
            return false;
        }

        int colon = dash + 1;
        if (!ByteText.TryDecimal(line, ref colon, ulong.MaxValue, out region.End))
        {
            return false;
        }

        int next = colon;
        if (!ByteText.TryByte(line, ref next, (byte)':')
            || !ByteText.TryByte(line, ref next, (byte)' ')
            || !ByteText.TryDecimal(line, ref next, uint.MaxValue, out ulong nrAccesses)
            || !ByteText.TryByte(line, ref next, (byte)' ')
            || !ByteText.TryDecimal(line, ref next, uint.MaxValue, out ulong age))
        {
            return false;
        }

        region.NrAccesses = (uint)nrAccesses;
        region.Age = (uint)age;
        Remember(dash - at, colon - dash - 1);
        at = next;
        return true;
    }

    private void Remember(int startDigits, int endDigits)
    {
        if (ByteText.IsLong(startDigits) && ByteText.IsLong(endDigits))
        {
            _startDigits = startDigits;
            _endDigits = endDigits;
        }
    }
}
