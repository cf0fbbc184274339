using System.Globalization;
using System.Text;

namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// Text that a traced process chose: its comm, arguments and mapping names. Control characters in it could drive a terminal or break a
/// line of output, so they are written as the kernel writes a newline in /proc/PID/maps: a backslash and three octal digits.
/// </summary>
public static class SafeText
{
    /// <summary>The text of bytes that should be UTF-8, fit for one line of a terminal.</summary>
    public static string FromUtf8(ReadOnlySpan<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8);
        foreach (char character in text)
        {
            if (IsUnsafe(character))
            {
                return Escape(text);
            }
        }

        return text;
    }

    private static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (char character in text)
        {
            if (!IsUnsafe(character))
            {
                safe.Append(character);
            }
            else if (character <= 0xff)
            {
                safe.Append('\\').Append(Convert.ToString(character, 8).PadLeft(3, '0'));
            }
            else
            {
                safe.Append('\ufffd');
            }
        }

        return safe.ToString();
    }

    // Format characters turn the direction of the text around; line and paragraph separators end lines in some viewers.
    private static bool IsUnsafe(char character)
    {
        return character is < ' ' or >= '\x7f' && CharUnicodeInfo.GetUnicodeCategory(character)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
    }
}
