using System.Buffers.Text;

namespace Damon.Trace.Tracer.Targets;

/// <summary>/proc/PID/status: lines of a key and values separated by tabs; readable by everybody.</summary>
internal static class ProcStatus
{
    /// <summary>The number in a column of a line of /proc/PID/status, for example the effective one in <c>Uid:</c>.</summary>
    internal static bool TryRead(ProcDirectory proc, ReadOnlySpan<byte> key, int column, out uint value)
    {
        value = 0;
        Span<byte> buffer = stackalloc byte[4096];
        int length = proc.Read("status", buffer);
        if (length <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> text = buffer[..length];
        int start = text.IndexOf(key);
        if (start < 0)
        {
            return false;
        }

        text = text[(start + key.Length)..];
        for (int skipped = 0; skipped <= column; skipped++)
        {
            int tab = text.IndexOf((byte)'\t');
            if (tab < 0)
            {
                return false;
            }

            text = text[(tab + 1)..];
        }

        return Utf8Parser.TryParse(text, out value, out _);
    }
}
