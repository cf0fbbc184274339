using System.Text;
using System.Text.Unicode;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Thread names between bytes and strings. The kernel cuts a name after 15 bytes, also in the middle of a character; such bytes
/// survive as lone low surrogates U+DC80..U+DCFF, so that reading and writing a text gives the same bytes.
/// </summary>
public static class Comm
{
    /// <summary>Longest thread name of the kernel in bytes (TASK_COMM_LEN without the NUL).</summary>
    public const int MaxBytes = 15;

    private const char EscapeBase = '\uDC00';

    /// <summary>The name from its bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        StringBuilder text = new(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte invalid in bytes[..consumed])
                {
                    text.Append((char)(EscapeBase + invalid));
                }
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a name; the inverse of <see cref="Decode"/>.</summary>
    public static byte[] Encode(string comm)
    {
        if (Ascii.IsValid(comm))
        {
            return Encoding.ASCII.GetBytes(comm);
        }

        List<byte> bytes = new(comm.Length * 3);
        Span<byte> utf8 = stackalloc byte[4];
        ReadOnlySpan<char> rest = comm;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done
                && rest[0] is >= '\uDC80' and <= '\uDCFF')
            {
                bytes.Add((byte)(rest[0] - EscapeBase));
            }
            else
            {
                int length = rune.EncodeToUtf8(utf8);
                bytes.AddRange(utf8[..length]);
            }

            rest = rest[consumed..];
        }

        return [.. bytes];
    }

    /// <summary>
    /// A name every reader of the text understands: one word of at most 15 printable ASCII bytes. Only for our own kdamonds: what was
    /// read from somebody else's text is printed as it was read.
    /// </summary>
    public static string ToOneWord(string comm)
    {
        Span<char> word = stackalloc char[MaxBytes];
        int length = Math.Min(comm.Length, MaxBytes);
        for (int i = 0; i < length; i++)
        {
            word[i] = comm[i] is > ' ' and <= '~' ? comm[i] : '_';
        }

        return length == 0 ? "kdamond" : word[..length].SequenceEqual(comm) ? comm : new string(word[..length]);
    }
}
