using System.Buffers.Text;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Targets;

/// <summary>What memory a process holds, from its files below /proc. No allocation.</summary>
internal static class ProcFootprint
{
    private const int BufferSize = 4096;

    /// <summary>
    /// Virtual and resident size from statm, swap from status: some ten microseconds, without the process noticing. False when the process
    /// has no memory any more.
    /// </summary>
    internal static bool TryRead(ProcDirectory proc, ref Footprint footprint)
    {
        Span<byte> buffer = stackalloc byte[BufferSize];
        footprint.TimeNs = (ulong)Time.GetNs(Time.CLOCK_MONOTONIC);
        int length = proc.Read("statm", buffer);
        if (length <= 0 || !TryParseStatm(buffer[..length], out ulong vszPages, out ulong rssPages) || vszPages == 0)
        {
            return false;
        }

        footprint.VszBytes = vszPages * (ulong)Unistd.PageSize;
        footprint.RssBytes = rssPages * (ulong)Unistd.PageSize;
        length = proc.Read("status", buffer);
        footprint.SwapBytes = length > 0 ? ParseKilobytes(buffer[..length], "\nVmSwap:"u8) : Footprint.Unknown;
        return true;
    }

    /// <summary>Resident size in bytes from statm: some five microseconds. False when the process has no memory any more.</summary>
    internal static bool TryReadResident(ProcDirectory proc, out ulong bytes)
    {
        Span<byte> buffer = stackalloc byte[BufferSize];
        int length = proc.Read("statm", buffer);
        bytes = 0;
        if (length <= 0 || !TryParseStatm(buffer[..length], out ulong vszPages, out ulong rssPages) || vszPages == 0)
        {
            return false;
        }

        bytes = rssPages * (ulong)Unistd.PageSize;
        return true;
    }

    /// <summary>
    /// Proportional size in bytes from smaps_rollup, <see cref="Footprint.Unknown"/> when it cannot be read. The kernel walks all page tables
    /// of the process for it and holds the mmap lock for reading meanwhile: 7 to 13 ms a GB measured.
    /// </summary>
    internal static ulong ReadPss(ProcDirectory proc)
    {
        Span<byte> buffer = stackalloc byte[BufferSize];
        int length = proc.Read("smaps_rollup", buffer);
        return length > 0 ? ParseKilobytes(buffer[..length], "\nPss:"u8) : Footprint.Unknown;
    }

    /// <summary>The first two numbers of statm: virtual and resident size in pages.</summary>
    internal static bool TryParseStatm(ReadOnlySpan<byte> statm, out ulong vszPages, out ulong rssPages)
    {
        rssPages = 0;
        return Utf8Parser.TryParse(statm, out vszPages, out int digits)
            && digits < statm.Length
            && Utf8Parser.TryParse(statm[(digits + 1)..], out rssPages, out _);
    }

    /// <summary>The number of a line <c>Key:   1234 kB</c>, in bytes; <see cref="Footprint.Unknown"/> when there is no such line.</summary>
    internal static ulong ParseKilobytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        int start = text.IndexOf(key);
        return start >= 0 && Utf8Parser.TryParse(text[(start + key.Length)..].TrimStart(" \t"u8), out ulong kilobytes, out _)
            ? kilobytes * 1024
            : Footprint.Unknown;
    }
}
