using System.Buffers.Text;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>What /proc/meminfo and /proc/pressure/memory say about the machine. Read anew at most every 100 ms; no allocation.</summary>
internal sealed class MemoryState
{
    // Swap that is nearly full is none: what would be paged out next has nowhere to go.
    private const int LeastFreeSwapPercent = 20;
    private const long FreshNs = 100_000_000;

    private readonly byte[] _buffer = new byte[8192];
    private long _readNs = long.MinValue;

    internal ulong TotalKb { get; private set; }

    internal ulong FreeKb { get; private set; }

    internal ulong ActiveKb { get; private set; }

    internal ulong InactiveKb { get; private set; }

    internal ulong SwapTotalKb { get; private set; }

    internal ulong SwapFreeKb { get; private set; }

    /// <summary>True when memory without a file can be paged out.</summary>
    internal bool HasSwap => SwapTotalKb > 0 && SwapFreeKb * 100 >= SwapTotalKb * LeastFreeSwapPercent;

    internal void Refresh(long nowNs)
    {
        if (_readNs != long.MinValue && nowNs - _readNs < FreshNs)
        {
            return;
        }

        _readNs = nowNs;
        ReadOnlySpan<byte> text = Read("/proc/meminfo");
        TotalKb = Find(text, "MemTotal:"u8);
        FreeKb = Find(text, "MemFree:"u8);
        ActiveKb = Find(text, "Active:"u8);
        InactiveKb = Find(text, "Inactive:"u8);
        SwapTotalKb = Find(text, "SwapTotal:"u8);
        SwapFreeKb = Find(text, "SwapFree:"u8);
    }

    /// <summary>Microseconds since boot in which some task waited for memory; null where the kernel does not tell.</summary>
    internal ulong? ReadPressureUs()
    {
        ReadOnlySpan<byte> text = Read("/proc/pressure/memory");
        int at = text.IndexOf("total="u8);
        return at >= 0 && Utf8Parser.TryParse(text[(at + 6)..], out ulong us, out _) ? us : null;
    }

    /// <summary>Per mille of the last ten seconds in which some task waited for memory.</summary>
    internal uint? ReadPressurePermil()
    {
        ReadOnlySpan<byte> text = Read("/proc/pressure/memory");
        int at = text.IndexOf("avg10="u8);
        return at >= 0 && Utf8Parser.TryParse(text[(at + 6)..], out double percent, out _) ? (uint)(percent * 10) : null;
    }

    /// <summary>A part of a whole in basis points; null when there is no whole.</summary>
    internal static ulong? Bp(ulong part, ulong whole) => whole > 0 ? part * 10_000 / whole : null;

    internal static ulong Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        int at = text.IndexOf(key);
        return at >= 0 && Utf8Parser.TryParse(text[(at + key.Length)..].TrimStart((byte)' '), out ulong value, out _) ? value : 0;
    }

    private ReadOnlySpan<byte> Read(string path)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            return _buffer.AsSpan(0, RandomAccess.Read(file, _buffer, 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return default; // built without it, or switched off
        }
    }
}
