using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// The line before as a pattern: the lines of a snapshot differ only in the fraction of the second and in what follows the number of
/// regions. Where the rest is equal byte for byte, so is its meaning, and nothing of it needs to be read again.
/// </summary>
internal sealed class LineTemplate
{
    private const ulong NsPerSecond = 1_000_000_000;

    private byte[] _line = [];
    private int _length;
    private int _fractionAt;
    private int _fractionDigits;
    private int _cpu;
    private ulong _secondNs;
    private RangeText _range = new();

    /// <summary>What the lines share with the one that was remembered.</summary>
    internal LineFacts? Facts { get; private set; }

    /// <summary>Remembers a line of <c>damon_aggregated</c> that was read in full.</summary>
    internal void Remember(ReadOnlySpan<byte> line, in PerfScriptLine parsed)
    {
        _length = parsed.RangeAt;
        if (_line.Length < _length)
        {
            _line = new byte[_length];
        }

        line[.._length].CopyTo(_line);
        _fractionAt = parsed.FractionAt;
        _fractionDigits = parsed.FractionDigits;
        _cpu = parsed.Cpu;
        _secondNs = (ulong)parsed.TimestampNs / NsPerSecond * NsPerSecond;
        if (Facts?.IsOf(parsed) != true)
        {
            Facts = new LineFacts(parsed);
        }
    }

    /// <summary>
    /// Reads a line that fits the pattern and moves to its end; false when it does not fit, or has anything behind age. Bound by two
    /// comparisons and some 40 digits; no allocation.
    /// </summary>
    /// <param name="text">A line, perhaps with more behind it.</param>
    /// <param name="at">Its begin; its end when it could be read.</param>
    /// <param name="region">What it says.</param>
    internal bool TryParse(ReadOnlySpan<byte> text, ref int at, ref RegionEvent region)
    {
        ReadOnlySpan<byte> line = text[at..];
        int fractionEnd = _fractionAt + _fractionDigits;
        if (_length == 0 || line.Length < _length
            || !line[.._fractionAt].SequenceEqual(_line.AsSpan(0, _fractionAt))
            || !line[fractionEnd.._length].SequenceEqual(_line.AsSpan(fractionEnd, _length - fractionEnd)))
        {
            return false;
        }

        int next = _fractionAt;
        if (!ByteText.TryDecimal(line, ref next, ulong.MaxValue, out ulong fraction) || next != fractionEnd)
        {
            return false;
        }

        next = _length;
        if (!_range.TryParse(line, ref next, ref region))
        {
            return false;
        }

        region.Cpu = _cpu;
        region.TimestampNs = (long)(_secondNs + (_fractionDigits == 6 ? fraction * 1000 : fraction));
        at += next;
        return true;
    }
}
