using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Symbols.Parts;

/// <summary>
/// The tensors of a GGUF file, versions 2 and 3 (github.com/ggml-org/ggml, docs/gguf.md): after the header come key-value pairs, then for each
/// tensor its name, shape, type and offset into the data, which begins at the next multiple of <c>general.alignment</c>. A tensor ends where
/// the next begins.
/// </summary>
internal static class GgufParts
{
    private const uint Magic = 0x46554747;
    private const ulong MostHeaderBytes = 1UL << 30;
    private const ulong DefaultAlignment = 32;
    private const uint MaxDimensions = 8;
    private const int MaxNameBytes = 1 << 12;
    private const uint UInt32Type = 4;
    private const uint StringType = 8;
    private const uint ArrayType = 9;

    // Bytes of the types 0 to 12: u8, i8, u16, i16, u32, i32, f32, bool, string, array, u64, i64, f64.
    private static readonly byte[] s_sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    /// <summary>Null where it is no such file.</summary>
    internal static List<FilePart>? TryRead(ElfFile.ReadAt read, ulong fileBytes)
    {
        var cursor = new ByteCursor(read, Math.Min(fileBytes, MostHeaderBytes));
        if (cursor.UInt32() != Magic || cursor.UInt32() is not (2 or 3))
        {
            return null;
        }

        ulong nrTensors = cursor.UInt64();
        ulong nrPairs = cursor.UInt64();
        ulong alignment = DefaultAlignment;
        for (ulong i = 0; i < nrPairs && !cursor.Failed; i++)
        {
            SkipPair(cursor, ref alignment);
        }

        List<(ulong Offset, string Name)> tensors = [];
        for (ulong i = 0; i < nrTensors && !cursor.Failed && tensors.Count < FileParts.MaxParts; i++)
        {
            string name = Text(cursor);
            uint dimensions = cursor.UInt32();
            cursor.Skip(dimensions <= MaxDimensions ? dimensions * sizeof(ulong) : ulong.MaxValue);
            _ = cursor.UInt32();
            tensors.Add((cursor.UInt64(), name));
        }

        if (cursor.Failed || alignment == 0)
        {
            return [];
        }

        return ToParts(tensors, (cursor.Position + alignment - 1) / alignment * alignment, fileBytes);
    }

    private static List<FilePart> ToParts(List<(ulong Offset, string Name)> tensors, ulong dataStart, ulong fileBytes)
    {
        tensors.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        List<FilePart> parts = [new FilePart(0, dataStart, "header")];
        for (int i = 0; i < tensors.Count; i++)
        {
            ulong start = dataStart + Math.Min(tensors[i].Offset, fileBytes);
            ulong end = Math.Min(fileBytes, i + 1 < tensors.Count ? dataStart + Math.Min(tensors[i + 1].Offset, fileBytes) : fileBytes);
            if (start < end)
            {
                parts.Add(new FilePart(start, end - start, tensors[i].Name));
            }
        }

        return parts;
    }

    private static void SkipPair(ByteCursor cursor, ref ulong alignment)
    {
        string key = Text(cursor);
        uint type = cursor.UInt32();
        if (key == "general.alignment" && type == UInt32Type)
        {
            alignment = cursor.UInt32();
            return;
        }

        if (type == ArrayType)
        {
            uint of = cursor.UInt32();
            ulong count = cursor.UInt64();
            if (of == StringType)
            {
                for (ulong i = 0; i < count && !cursor.Failed; i++)
                {
                    cursor.Skip(cursor.UInt64());
                }
            }
            else
            {
                cursor.Skip(SizeOf(of) is > 0 and { } size && count <= MostHeaderBytes ? count * size : ulong.MaxValue);
            }
        }
        else if (type == StringType)
        {
            cursor.Skip(cursor.UInt64());
        }
        else
        {
            cursor.Skip(SizeOf(type) is > 0 and { } size ? size : ulong.MaxValue);
        }
    }

    private static ulong SizeOf(uint type) => type < s_sizes.Length ? s_sizes[type] : 0ul;

    private static string Text(ByteCursor cursor)
    {
        ulong length = cursor.UInt64();
        if (length > MaxNameBytes)
        {
            cursor.Skip(ulong.MaxValue);
            return "";
        }

        return SafeText.FromUtf8(cursor.Take((int)length));
    }
}
