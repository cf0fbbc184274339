using System.Buffers.Binary;
using System.Text;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Symbols.Parts;

/// <summary>
/// The tables and indexes of an SQLite database (sqlite.org/fileformat2.html): the schema's tree begins in page 1 and names the root of each other
/// tree. Of a tree the inner pages are read, which is a page in some hundred; leaves are known by who points to them. Pages that hold the rest of
/// long rows are known to the leaves only, and have no name here.
/// </summary>
internal sealed class SqliteParts
{
    private const int HeaderBytes = 100;
    private const int MaxObjects = 100_000;
    private const int MaxDepth = 20;
    private const byte InnerIndex = 2;
    private const byte InnerTable = 5;
    private const byte LeafIndex = 10;
    private const byte LeafTable = 13;

    private static readonly byte[] s_magic = Encoding.ASCII.GetBytes("SQLite format 3\0");

    private readonly ElfFile.ReadAt _read;
    private readonly int _pageBytes;
    private readonly uint _nrPages;
    private readonly List<FilePart> _parts = [];
    private readonly HashSet<uint> _seen = [];

    private SqliteParts(ElfFile.ReadAt read, int pageBytes, uint nrPages)
    {
        _read = read;
        _pageBytes = pageBytes;
        _nrPages = nrPages;
    }

    /// <summary>Null where it is no such file.</summary>
    internal static List<FilePart>? TryRead(ElfFile.ReadAt read)
    {
        byte[] header = new byte[HeaderBytes];
        if (read(0, header) != HeaderBytes || !header.AsSpan().StartsWith(s_magic))
        {
            return null;
        }

        int pageBytes = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16)) is var size && size == 1 ? 65_536 : size;
        if (pageBytes < 512 || !int.IsPow2(pageBytes))
        {
            return [];
        }

        var database = new SqliteParts(read, pageBytes, BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(28)));
        database.AddAll();
        database.AddFree(BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(32)));
        return database._parts;
    }

    private void AddAll()
    {
        List<uint> leaves = [];
        Walk(1, "schema", leaves, 0);
        List<(string Name, uint Root)> objects = [];
        foreach (uint leaf in leaves)
        {
            ReadSchema(leaf, objects);
        }

        foreach ((string name, uint root) in objects)
        {
            Walk(root, name, null, 0);
        }
    }

    /// <summary>Names the pages of a tree. All leaves are equally deep, so what one child is all are.</summary>
    private void Walk(uint page, string name, List<uint>? leaves, int depth)
    {
        if (!TryTake(page, name) || depth == MaxDepth || ReadPage(page) is not { } bytes)
        {
            return;
        }

        Walk(page, bytes, name, leaves, depth);
    }

    private void Walk(uint page, byte[] bytes, string name, List<uint>? leaves, int depth)
    {
        ReadOnlySpan<byte> node = NodeOf(page, bytes);
        if (node[0] is LeafIndex or LeafTable)
        {
            leaves?.Add(page);
            return;
        }

        if (node[0] is not (InnerIndex or InnerTable))
        {
            return;
        }

        List<uint> children = ChildrenOf(page, bytes);
        byte[]? first = children.Count > 0 ? ReadPage(children[0]) : null;
        bool areLeaves = first is not null && NodeOf(children[0], first)[0] is LeafIndex or LeafTable;
        foreach (uint child in children)
        {
            if (!areLeaves)
            {
                Walk(child, name, leaves, depth + 1);
            }
            else if (TryTake(child, name))
            {
                leaves?.Add(child);
            }
        }
    }

    private static List<uint> ChildrenOf(uint page, byte[] bytes)
    {
        ReadOnlySpan<byte> node = NodeOf(page, bytes);
        int cells = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(node[3..]), (node.Length - 12) / 2);
        List<uint> children = [];
        for (int i = 0; i < cells; i++)
        {
            int at = BinaryPrimitives.ReadUInt16BigEndian(node[(12 + (2 * i))..]);
            if (at + 4 <= bytes.Length)
            {
                children.Add(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at)));
            }
        }

        children.Add(BinaryPrimitives.ReadUInt32BigEndian(node[8..]));
        return children;
    }

    /// <summary>Rows of the schema: type, name, table, root page, SQL.</summary>
    private void ReadSchema(uint page, List<(string Name, uint Root)> objects)
    {
        if (ReadPage(page) is not { } bytes)
        {
            return;
        }

        ReadOnlySpan<byte> node = NodeOf(page, bytes);
        int cells = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(node[3..]), (node.Length - 8) / 2);
        for (int i = 0; i < cells && objects.Count < MaxObjects; i++)
        {
            int at = BinaryPrimitives.ReadUInt16BigEndian(node[(8 + (2 * i))..]);
            if (at < bytes.Length && TryReadRow(bytes.AsSpan(at), out string type, out string name, out uint root) && root > 0)
            {
                objects.Add(($"{type} {name}", root));
            }
        }
    }

    private static bool TryReadRow(ReadOnlySpan<byte> cell, out string type, out string name, out uint root)
    {
        (type, name, root) = ("", "", 0);
        if (!TryVarint(ref cell, out _) || !TryVarint(ref cell, out _))
        {
            return false;
        }

        ReadOnlySpan<byte> header = cell;
        Span<ulong> types = stackalloc ulong[4];
        if (!TryVarint(ref header, out ulong headerBytes) || headerBytes > (ulong)cell.Length)
        {
            return false;
        }

        for (int i = 0; i < types.Length; i++)
        {
            if (!TryVarint(ref header, out types[i]))
            {
                return false;
            }
        }

        ReadOnlySpan<byte> body = cell[(int)headerBytes..];
        if (!TryText(ref body, types[0], out type) || !TryText(ref body, types[1], out name) || !TryText(ref body, types[2], out _))
        {
            return false;
        }

        // Serial types 1 to 4 are integers of as many bytes, 8 and 9 the constants 0 and 1.
        int length = types[3] is >= 1 and <= 4 ? (int)types[3] : 0;
        if (length > body.Length)
        {
            return false;
        }

        foreach (byte value in body[..length])
        {
            root = (root << 8) | value;
        }

        return true;
    }

    /// <summary>Serial types of 13 and more that are odd are texts of (type - 13) / 2 bytes.</summary>
    private static bool TryText(ref ReadOnlySpan<byte> body, ulong type, out string text)
    {
        text = "";
        ulong length = type >= 13 && type % 2 == 1 ? (type - 13) / 2 : ulong.MaxValue;
        if (length > (ulong)body.Length)
        {
            return false;
        }

        text = SafeText.FromUtf8(body[..(int)length]);
        body = body[(int)length..];
        return true;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < 9 && i < bytes.Length; i++)
        {
            value = i == 8 ? (value << 8) | bytes[i] : (value << 7) | (uint)(bytes[i] & 0x7f);
            if (i == 8 || bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>Each trunk page of the list names the next one and the leaves it has.</summary>
    private void AddFree(uint trunk)
    {
        while (trunk != 0 && TryTake(trunk, "free pages") && ReadPage(trunk) is { } bytes)
        {
            uint count = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4)), (uint)(bytes.Length / 4) - 2);
            for (int i = 0; i < count; i++)
            {
                _ = TryTake(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8 + (4 * i))), "free pages");
            }

            trunk = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }
    }

    /// <summary>False for a page that has a name already, or that does not exist.</summary>
    private bool TryTake(uint page, string name)
    {
        if (page == 0 || page > _nrPages || _parts.Count >= FileParts.MaxParts || !_seen.Add(page))
        {
            return false;
        }

        _parts.Add(new FilePart((page - 1ul) * (ulong)_pageBytes, (ulong)_pageBytes, name));
        return true;
    }

    private byte[]? ReadPage(uint page)
    {
        byte[] bytes = new byte[_pageBytes];
        return page > 0 && page <= _nrPages && _read((page - 1ul) * (ulong)_pageBytes, bytes) == bytes.Length ? bytes : null;
    }

    /// <summary>Page 1 begins with the header of the file.</summary>
    private static ReadOnlySpan<byte> NodeOf(uint page, byte[] bytes) => bytes.AsSpan(page == 1 ? HeaderBytes : 0);
}
