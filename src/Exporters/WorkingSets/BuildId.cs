using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>The build id of an ELF file.</summary>
internal static class BuildId
{
    /// <summary>In hexadecimal; null for a file that is no 64-bit little-endian ELF file, has none, or is damaged.</summary>
    internal static string? Of(FileStream file)
    {
        ElfFile.ReadAt read = (offset, buffer) => ReadAt(file, (long)offset, buffer);
        return ElfFile.TryReadHeader(read, out Elf.Ehdr header) ? ElfFile.BuildId(read, ElfFile.ReadSegments(read, header)) : null;
    }

    private static int ReadAt(FileStream file, long offset, Span<byte> buffer)
    {
        int done = 0;
        int read;
        do
        {
            read = RandomAccess.Read(file.SafeFileHandle, buffer[done..], offset + done);
            done += read;
        }
        while (read > 0 && done < buffer.Length);

        return done;
    }
}
