using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Linux;

/// <summary>
/// Documentation/admin-guide/mm/idle_page_tracking.rst: a bitmap of all page frames, read and written in 64-bit words. Writing a 1 makes a
/// page idle, zeros are ignored; reading tells which pages are still idle.
/// </summary>
internal static class PageIdle
{
    internal const string BitmapPath = "/sys/kernel/mm/page_idle/bitmap";

    internal const int FramesPerWord = 64;

    /// <summary>Writes consecutive words; 0 or -errno.</summary>
    internal static int Write(SafeFileHandle bitmap, ulong firstWord, ReadOnlySpan<ulong> words)
    {
        long result = Unistd.PWrite(bitmap, MemoryMarshal.AsBytes(words), (long)(firstWord * sizeof(ulong)));
        return result < 0 ? (int)result : 0;
    }

    /// <summary>Reads one word; false when there is no such frame.</summary>
    internal static unsafe bool TryRead(SafeFileHandle bitmap, ulong word, out ulong bits)
    {
        ulong value = 0;
        bool read = Unistd.PRead(bitmap, new Span<byte>(&value, sizeof(ulong)), (long)(word * sizeof(ulong))) == sizeof(ulong);
        bits = value;
        return read;
    }
}
