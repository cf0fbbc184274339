using System.Runtime.CompilerServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Symbols.Parts;

/// <summary>Sections of an ELF file that are loaded, and in them the functions that fill a page or more, which smaller ones share.</summary>
internal static class ElfParts
{
    private const int MaxSections = 4096;
    private const int MaxNameBytes = 256;
    private const uint NoBits = 8;
    private const ulong LargeBytes = 4096;

    /// <summary>Null where it is no such file.</summary>
    internal static List<FilePart>? TryRead(ElfFile.ReadAt read)
    {
        if (!ElfFile.TryReadHeader(read, out Elf.Ehdr header))
        {
            return null;
        }

        List<FilePart> functions = Functions(read);
        List<FilePart> parts = [.. functions];
        foreach (FilePart section in Sections(read, header))
        {
            Add(parts, section, functions);
        }

        return parts;
    }

    /// <summary>What of a section no large function has.</summary>
    private static void Add(List<FilePart> parts, FilePart section, List<FilePart> functions)
    {
        ulong end = section.Offset + section.Length;
        ulong position = section.Offset;
        foreach (FilePart function in functions.Where(function => function.Offset >= section.Offset && function.Offset < end))
        {
            if (function.Offset > position)
            {
                parts.Add(new FilePart(position, function.Offset - position, section.Name));
            }

            position = Math.Max(position, function.Offset + function.Length);
        }

        if (position < end)
        {
            parts.Add(new FilePart(position, end - position, section.Name));
        }
    }

    private static List<FilePart> Functions(ElfFile.ReadAt read)
    {
        List<FilePart> functions = [];
        if (ElfImage.TryRead(read) is { } image)
        {
            foreach (SymbolTable.Entry entry in image.Symbols.Entries)
            {
                if (entry.Size >= LargeBytes && image.OffsetOf(entry.Start) is ulong offset && functions.Count < FileParts.MaxParts)
                {
                    functions.Add(new FilePart(offset, entry.Size, $"function {Demangler.Demangle(SafeText.FromUtf8(entry.Name.Span))}"));
                }
            }
        }

        functions.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        return functions;
    }

    private static IEnumerable<FilePart> Sections(ElfFile.ReadAt read, Elf.Ehdr header)
    {
        var names = default(Elf.Shdr);
        if (header.ShOff == 0 || header.ShEntSize < Unsafe.SizeOf<Elf.Shdr>() || header.ShStrNdx >= header.ShNum
            || !ElfFile.TryReadStruct(read, header.ShOff + ((ulong)header.ShStrNdx * header.ShEntSize), ref names))
        {
            yield break;
        }

        for (int i = 0; i < Math.Min((int)header.ShNum, MaxSections); i++)
        {
            var section = default(Elf.Shdr);
            if (!ElfFile.TryReadStruct(read, header.ShOff + ((ulong)i * header.ShEntSize), ref section))
            {
                yield break;
            }

            if ((section.Flags & Elf.SHF_ALLOC) != 0 && section.Type != NoBits && section.Size > 0 && section.Size <= long.MaxValue
                && section.Offset <= long.MaxValue)
            {
                yield return new FilePart(section.Offset, section.Size, Name(read, names.Offset + section.Name));
            }
        }
    }

    private static string Name(ElfFile.ReadAt read, ulong offset)
    {
        Span<byte> bytes = stackalloc byte[MaxNameBytes];
        bytes = bytes[..read(offset, bytes)];
        int end = bytes.IndexOf((byte)0);
        return end <= 0 ? "section without a name" : SafeText.FromUtf8(bytes[..end]);
    }
}
