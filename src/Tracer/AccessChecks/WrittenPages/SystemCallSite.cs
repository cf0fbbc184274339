using System.Globalization;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>Finds the two bytes of a system call instruction of x86-64 in a process's executable memory, without stopping it.</summary>
internal static class SystemCallSite
{
    private const int Chunk = 1 << 16;
    private const ulong SearchedPerMapping = 4 << 20;

    /// <summary>Its address; 0 when none was found.</summary>
    internal static ulong Find(int pid, SafeFileHandle memory)
    {
        // The vDSO first: it is small, always there, and ends its functions in one.
        IEnumerable<string> executable = File.ReadLines($"/proc/{pid}/maps").Where(static line => line.Contains(" r-xp ", StringComparison.Ordinal));
        byte[] buffer = new byte[Chunk];
        foreach (string line in executable.OrderByDescending(static line => line.EndsWith("[vdso]", StringComparison.Ordinal)))
        {
            string[] bounds = line.Split(' ')[0].Split('-');
            ulong start = ulong.Parse(bounds[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            ulong end = Math.Min(ulong.Parse(bounds[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), start + SearchedPerMapping);
            if (start <= long.MaxValue && FindIn(memory, start, end, buffer) is ulong found and not 0)
            {
                return found;
            }
        }

        return 0;
    }

    private static ulong FindIn(SafeFileHandle memory, ulong start, ulong end, byte[] buffer)
    {
        while (start < end)
        {
            long read = Unistd.PRead(memory, buffer.AsSpan(0, (int)Math.Min(Chunk, end - start)), (long)start);
            int at = read > 0 ? buffer.AsSpan(0, (int)read).IndexOf("\x0f\x05"u8) : -1;
            if (at >= 0)
            {
                return start + (ulong)at;
            }

            // One byte again: the instruction may lie across the border.
            start = read > 1 ? start + (ulong)read - 1 : end;
            start = end - start <= 1 ? end : start;
        }

        return 0;
    }
}
