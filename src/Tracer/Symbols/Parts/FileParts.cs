using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Symbols.Parts;

/// <summary>
/// What is where in a file, as its header tells: sections and large functions of ELF, tensors of GGUF, tables and indexes of SQLite. The file is
/// another process's: whatever is in it, reading it ends and takes bounded memory.
/// </summary>
public static class FileParts
{
    /// <summary>More parts than these are not told.</summary>
    internal const int MaxParts = 1 << 20;

    /// <summary>Reads the parts, disjoint and in the order of the file; empty for a file of another kind, or one that is damaged.</summary>
    /// <param name="file">Open for reading; stays the caller's.</param>
    public static IReadOnlyList<FilePart> Read(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        ElfFile.ReadAt read = (offset, buffer) => ReadAll(file, offset, buffer);
        List<FilePart>? parts = ElfParts.TryRead(read) ?? GgufParts.TryRead(read, (ulong)Math.Max(0, RandomAccess.GetLength(file))) ?? SqliteParts.TryRead(read);
        return parts is null ? [] : Disjoint(parts);
    }

    private static int ReadAll(SafeFileHandle file, ulong offset, Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length && offset <= long.MaxValue - (ulong)buffer.Length)
        {
            long read = Unistd.PRead(file, buffer[done..], (long)offset + done);
            if (read <= 0)
            {
                break;
            }

            done += (int)read;
        }

        return done;
    }

    /// <summary>Where two overlap, the one that begins first has the bytes; neighbours of one name become one.</summary>
    private static List<FilePart> Disjoint(List<FilePart> parts)
    {
        List<FilePart> disjoint = [];
        ulong end = 0;
        foreach (FilePart part in parts.OrderBy(static part => part.Offset))
        {
            ulong partEnd = part.Offset + Math.Min(part.Length, ulong.MaxValue - part.Offset);
            ulong start = Math.Max(part.Offset, end);
            if (start >= partEnd)
            {
                continue;
            }

            end = partEnd;
            if (disjoint.Count > 0 && disjoint[^1] is var last && last.Name == part.Name && last.Offset + last.Length == start)
            {
                disjoint[^1] = last with { Length = partEnd - last.Offset };
            }
            else
            {
                disjoint.Add(new FilePart(start, partEnd - start, part.Name));
            }
        }

        return disjoint;
    }
}
