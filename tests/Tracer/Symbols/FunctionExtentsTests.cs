using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Symbols;

namespace Damon.Trace.Tracer.Tests.Symbols;

public sealed class FunctionExtentsTests
{
    /// <summary>The C library has names for some of its functions: those begin and end where it says so without names.</summary>
    [Fact]
    public void FunctionsWithoutNames_BeginWhereThoseWithNamesDo()
    {
        string? path = File.ReadLines("/proc/self/maps").Select(static line => line.Split(' ')[^1])
            .FirstOrDefault(static name => name.EndsWith("/libc.so.6", StringComparison.Ordinal));
        Assert.SkipWhen(path is null, "this process has no libc.so.6");
        byte[] file = File.ReadAllBytes(path);
        int Read(ulong offset, Span<byte> buffer)
        {
            int length = offset >= (ulong)file.Length ? 0 : Math.Min(buffer.Length, file.Length - (int)offset);
            file.AsSpan((int)Math.Min(offset, (ulong)file.Length), length).CopyTo(buffer);
            return length;
        }

        Assert.True(ElfFile.TryReadHeader(Read, out Elf.Ehdr header));
        var image = ElfImage.TryRead(Read);
        Assert.NotNull(image);
        SymbolTable extents = FunctionExtents.Read(Read, ElfFile.ReadSegments(Read, header), image.OffsetOf);

        string[] looked = ["qsort", "getenv", "abort"];
        foreach (SymbolTable.Entry function in image.Symbols.Entries)
        {
            if (image.Symbols.TryFind(function.Start, out ulong start, out string name) && looked.Contains(name))
            {
                Assert.Equal(start, extents.StartOf(start));
                Assert.Equal(start, extents.StartOf(start + function.Size - 1));
            }
        }

        Assert.True(extents.Count > image.Symbols.Count / 2, $"{extents.Count} functions, {image.Symbols.Count} of them with names");
    }
}
