using System.Globalization;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Thread name and id at the begin of a line. A name may hold anything, blanks and brackets too, so the columns are read from the right:
/// the last number is the id, whatever stands before it is the name.
/// </summary>
internal sealed class ThreadColumn
{
    /// <summary>Lines of several kdamonds may come by turns.</summary>
    private const int Remembered = 8;

    private readonly (byte[] Text, string Comm, int Tid)[] _known = new (byte[], string, int)[Remembered];
    private int _last;
    private int _next;
    private string _comm = "";
    private int _tid;

    /// <summary>
    /// Reads the part of a line before the cpu (or, without one, before the time). Nearly always it equals the last line's: then one
    /// comparison, no allocation.
    /// </summary>
    internal bool TryParse(ReadOnlySpan<byte> text, ref PerfScriptLine result)
    {
        if (!IsKnown(_last, text) && !TryRecall(text))
        {
            if (!TryParseNew(text, ref result))
            {
                return false;
            }

            _known[_next] = (text.ToArray(), _comm, _tid);
            _last = _next;
            _next = (_next + 1) % Remembered;
        }

        result.Comm = _known[_last].Comm;
        result.Tid = _known[_last].Tid;
        return true;
    }

    private bool TryRecall(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < Remembered; i++)
        {
            if (IsKnown(i, text))
            {
                _last = i;
                return true;
            }
        }

        return false;
    }

    private bool IsKnown(int index, ReadOnlySpan<byte> text) => _known[index].Text is { } known && text.SequenceEqual(known);

    private bool TryParseNew(ReadOnlySpan<byte> text, ref PerfScriptLine result)
    {
        int end = ByteText.TrimBlanksBefore(text, text.Length);
        if (TryParseUnknown(text, end))
        {
            return true;
        }

        int begin = ByteText.DigitsBefore(text, end);
        char before = begin == 0 ? ' ' : (char)text[begin - 1];
        // "-77" after a blank is a negative number, "name-77" is how ftrace joins name and id.
        if (before == '-' && (begin == 1 || ByteText.IsBlank(text[begin - 2])))
        {
            begin--;
            before = ' ';
        }

        if (begin == end || !int.TryParse(text[begin..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _tid))
        {
            return Fail(begin, ref result);
        }

        int nameEnd = begin;
        switch (before)
        {
            case ' ' or '\t':
                SetName(text, NameEnd(text, begin, end));
                return true;
            case '-':
                SetName(text, begin - 1);
                return true;
            case '/':
                nameEnd = ByteText.DigitsBefore(text, begin - 1);
                bool hasPid = nameEnd < begin - 1 && (nameEnd == 0 || ByteText.IsBlank(text[nameEnd - 1]));
                SetName(text, ByteText.TrimBlanksBefore(text, nameEnd));
                return hasPid || Fail(nameEnd, ref result);
            default:
                return Fail(ByteText.WordBefore(text, end), ref result);
        }
    }

    /// <summary>damo's own text has "xxxx" for the thread id and for the cpu.</summary>
    private bool TryParseUnknown(ReadOnlySpan<byte> text, int end)
    {
        if (!text[..end].EndsWith(" xxxx xxxx"u8))
        {
            return false;
        }

        _tid = 0;
        SetName(text, ByteText.TrimBlanksBefore(text, end - " xxxx xxxx".Length));
        return true;
    }

    /// <summary>
    /// A name may end with blanks. They are told from the id's padding only by perf's columns: name up to column 16, one blank, the id
    /// right aligned in 5 or 7 columns. Names have at most 15 bytes, so column 0 is blank then.
    /// </summary>
    private static int NameEnd(ReadOnlySpan<byte> text, int tidBegin, int tidEnd)
    {
        const int NameColumns = 16;
        int nameEnd = ByteText.TrimBlanksBefore(text, tidBegin);
        bool perfColumns = tidBegin > NameColumns && text[0] == ' ' && nameEnd < NameColumns
            && (tidEnd is NameColumns + 1 + 5 or NameColumns + 1 + 7 || tidBegin == NameColumns + 1)
            && !text[nameEnd..tidBegin].Contains((byte)'\t');
        return perfColumns && nameEnd > 0 ? NameColumns : nameEnd;
    }

    private void SetName(ReadOnlySpan<byte> text, int end)
    {
        const int Columns = Comm.MaxBytes + 1;
        ReadOnlySpan<byte> name = text[..end].TrimStart(" \t"u8);
        int colon = name.IndexOf(": "u8);
        if (name.Length > Comm.MaxBytes && colon > 0)
        {
            // trace-cmd puts the name of an instance, a colon and blanks before: longer than any name of a thread.
            name = name[(colon + 1)..].TrimStart(" \t"u8);
        }
        else if (name.Length > Columns && ByteText.IsBlank(name[^Columns]))
        {
            // Somebody put something before perf's or ftrace's 16 columns for the name, of which the first is blank.
            name = name[^Columns..].TrimStart(" \t"u8);
        }
        else if (name.Length > Comm.MaxBytes && ByteText.WordBefore(name, name.Length) is > 0 and var word)
        {
            name = name[word..];
        }

        _comm = Comm.Decode(name);
    }

    private static bool Fail(int at, ref PerfScriptLine result)
    {
        result.ErrorAt = at;
        result.Expected = "a thread id";
        return false;
    }
}
