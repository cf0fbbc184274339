using System.Buffers.Text;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.ReferencedMappings;

/// <summary>Finds the referenced mappings in the text of /proc/PID/smaps. About 100 ns a mapping; no allocation.</summary>
internal static class SmapsScanner
{
    /// <summary>Gives each address the state of its mapping; those that lie in none are left alone.</summary>
    /// <param name="smaps">The text: per mapping a line as in maps, then lines of <c>Key: value</c>.</param>
    /// <param name="addresses">Ascending.</param>
    /// <param name="states">One per address.</param>
    internal static void Read(ReadOnlySpan<byte> smaps, ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        int index = 0;
        while (index < addresses.Length && TryTakeMapping(ref smaps, out ulong start, out ulong end, out AccessState state))
        {
            // Both go upwards, so one pass over each is enough.
            while (index < addresses.Length && addresses[index] < end)
            {
                if (addresses[index] >= start)
                {
                    states[index] = state;
                }

                index++;
            }
        }
    }

    private static bool TryTakeMapping(ref ReadOnlySpan<byte> smaps, out ulong start, out ulong end, out AccessState state)
    {
        start = 0;
        end = 0;
        state = AccessState.NotAccessed;
        while (!smaps.IsEmpty)
        {
            // Keys begin with a capital letter, addresses with a digit or a small one.
            bool isHeader = smaps[0] is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f');
            if (isHeader)
            {
                start = TakeHex(ref smaps);
                smaps = smaps.IsEmpty ? smaps : smaps[1..];
                end = TakeHex(ref smaps);
            }

            SkipLine(ref smaps);
            if (isHeader)
            {
                state = ReadState(ref smaps);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Reads the lines up to the next header. Without resident memory there is nothing to be accessed, except that hugetlb pages, which
    /// cannot be made old, do not count as resident.
    /// </summary>
    private static AccessState ReadState(ref ReadOnlySpan<byte> smaps)
    {
        bool isHugetlb = false;
        bool isResident = true;
        while (!smaps.IsEmpty && smaps[0] is >= (byte)'A' and <= (byte)'Z')
        {
            int newline = smaps.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = newline < 0 ? smaps : smaps[..newline];
            SkipLine(ref smaps);
            if (line.StartsWith("KernelPageSize:"u8))
            {
                isHugetlb = Utf8Parser.TryParse(line["KernelPageSize:".Length..].TrimStart((byte)' '), out long kilobytes, out _)
                    && kilobytes * 1024 > Unistd.PageSize;
            }
            else if (line.StartsWith("Rss:"u8))
            {
                isResident = !IsZero(line);
            }
            else if (line.StartsWith("Referenced:"u8))
            {
                return !IsZero(line) ? AccessState.Accessed
                    : isResident ? AccessState.NotAccessed
                    : isHugetlb ? AccessState.Unclearable
                    : AccessState.NotPresent;
            }
        }

        return AccessState.NotAccessed;
    }

    /// <summary>Zero is the only number without another digit in it.</summary>
    private static bool IsZero(ReadOnlySpan<byte> value) => value.IndexOfAnyInRange((byte)'1', (byte)'9') < 0;

    private static ulong TakeHex(ref ReadOnlySpan<byte> text)
    {
        ulong value = 0;
        int index = 0;
        for (; index < text.Length; index++)
        {
            int character = text[index];
            int digit = character <= '9' ? character - '0' : character - 'a' + 10;
            if ((uint)digit > 15)
            {
                break;
            }

            value = (value << 4) | (uint)digit;
        }

        text = text[index..];
        return value;
    }

    private static void SkipLine(ref ReadOnlySpan<byte> text)
    {
        int newline = text.IndexOf((byte)'\n');
        text = newline < 0 ? default : text[(newline + 1)..];
    }
}
