using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>
/// The functions that a runtime compiles, as it writes them into <c>/tmp/perf-PID.map</c> of its own mount and PID namespace: lines of start,
/// size (hexadecimal) and name. It is believed only where it belongs to the target's user or to root and nobody else could have written it.
/// </summary>
internal static class PerfMap
{
    private const long MaxBytes = 256 << 20;
    private const int O_NOFOLLOW = 0x20000;
    private const int O_NONBLOCK = 0x800;

    /// <summary>Its functions; null where there is no such file, or none that may be believed.</summary>
    internal static SymbolTable? TryRead(TargetProcess target)
    {
        string path = $"root/tmp/perf-{PidInside(target)}.map";
        using SafeFileHandle file = target.Proc.OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, out int errno);
        if (errno != 0 || !SysStat.IsRegularFileOf(file, target.EffectiveUid, 0))
        {
            return null;
        }

        long length = Math.Min(RandomAccess.GetLength(file), MaxBytes);
        byte[] text = new byte[length];
        int read = 0;
        while (read < length && RandomAccess.Read(file, text.AsSpan(read), read) is > 0 and int more)
        {
            read += more;
        }

        return new SymbolTable(Parse(text.AsMemory(0, read)));
    }

    /// <summary>What the lines say, later ones before earlier ones: code is compiled again at the place of other code. Bad lines are left out.</summary>
    internal static List<SymbolTable.Entry> Parse(ReadOnlyMemory<byte> text)
    {
        List<SymbolTable.Entry> entries = [];
        while (!text.IsEmpty)
        {
            int newline = text.Span.IndexOf((byte)'\n');

            // A line without its end is still being written.
            if (newline < 0)
            {
                break;
            }

            ReadOnlyMemory<byte> line = text[..newline];
            text = text[(newline + 1)..];
            if (TryTakeHex(ref line, out ulong start) && TryTakeHex(ref line, out ulong size) && !line.IsEmpty)
            {
                entries.Add(new SymbolTable.Entry(start, size, entries.Count, line));
            }
        }

        return entries;
    }

    private static bool TryTakeHex(ref ReadOnlyMemory<byte> line, out ulong value)
    {
        ReadOnlySpan<byte> span = line.Span;
        int prefix = span.StartsWith("0x"u8) ? 2 : 0;
        if (!Utf8Parser.TryParse(span[prefix..], out value, out int length, 'x') || prefix + length >= span.Length || span[prefix + length] != ' ')
        {
            return false;
        }

        line = line[(prefix + length + 1)..];
        return true;
    }

    /// <summary>The pid by which the process knows itself: the last one of <c>NSpid:</c>.</summary>
    private static string PidInside(TargetProcess target)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = Math.Max(0, target.Proc.Read("status", buffer));
        string? line = Encoding.ASCII.GetString(buffer[..length]).Split('\n').FirstOrDefault(line => line.StartsWith("NSpid:", StringComparison.Ordinal));
        string inner = line?.Split('\t')[^1] ?? "";
        return inner.Length > 0 && inner.All(char.IsAsciiDigit) ? inner : target.Pid.ToString(CultureInfo.InvariantCulture);
    }
}
