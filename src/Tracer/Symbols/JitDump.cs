using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>
/// The functions that a runtime compiles, as it writes them into <c>jit-PID.dump</c> (tools/perf/Documentation/jitdump-specification.txt), what
/// <c>perf inject --jit</c> reads. The runtime maps a page of the file, which is how perf finds it, and so do we: it is the target's own word,
/// wherever it is. Code bytes are skipped; later calls read what came since. For one thread.
/// </summary>
internal sealed partial class JitDump : IDisposable
{
    private const uint Magic = 0x4a695444;
    private const int HeaderBytes = 40;
    private const int RecordHeaderBytes = 16;
    private const int LoadBytes = 40;
    private const int MoveBytes = 48;
    private const int MaxNameBytes = 512;
    private const int MaxFunctions = 1_000_000;
    private const uint CodeLoad = 0;
    private const uint CodeMove = 1;

    private readonly SafeFileHandle _file;
    private readonly List<SymbolTable.Entry> _entries = [];
    private readonly Dictionary<ulong, ReadOnlyMemory<byte>> _names = [];
    private SymbolTable _table = SymbolTable.Empty;
    private long _at;

    private JitDump(SafeFileHandle file, long at)
    {
        _file = file;
        _at = at;
    }

    /// <summary>Opens that of a process; null when it maps none.</summary>
    internal static JitDump? TryOpen(TargetProcess target, IReadOnlyList<Mapping> mappings)
    {
        foreach (Mapping mapping in mappings)
        {
            if (mapping.Inode != 0 && FileName().IsMatch(mapping.Name))
            {
                return TryOpen(MappedFile.Open(target, mapping));
            }
        }

        return null;
    }

    /// <summary>Takes the file; null when it is none of its kind, or that of a machine with another order of bytes.</summary>
    internal static JitDump? TryOpen(SafeFileHandle? file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file is null || RandomAccess.Read(file, header, 0) < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
        {
            file?.Dispose();
            return null;
        }

        return new JitDump(file, Math.Max(HeaderBytes, BinaryPrimitives.ReadUInt32LittleEndian(header[8..])));
    }

    /// <summary>All functions so far, later ones before earlier ones at the same place. Bound by one read of some 500 bytes a new function.</summary>
    internal SymbolTable Read()
    {
        int before = _entries.Count;
        Span<byte> record = stackalloc byte[RecordHeaderBytes + LoadBytes + MaxNameBytes];
        while (_entries.Count < MaxFunctions)
        {
            int read = RandomAccess.Read(_file, record, _at);
            uint length = read < RecordHeaderBytes ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(record[4..]);

            // A record without its end is still being written; one that is shorter than its head is damage.
            if (length < RecordHeaderBytes || _at + length > RandomAccess.GetLength(_file))
            {
                break;
            }

            _at += length;
            Take(BinaryPrimitives.ReadUInt32LittleEndian(record), record[RecordHeaderBytes..(int)Math.Min(length, (uint)read)]);
        }

        if (_entries.Count > before)
        {
            // The table keeps the order of what it is given for itself.
            _table = new SymbolTable([.. _entries]);
        }

        return _table;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Loaded: pid and tid (u32), vma, address, size, index (u64), a name that ends with NUL. Moved: pid and tid, vma, old and new address, size, index.
    /// </summary>
    private void Take(uint kind, ReadOnlySpan<byte> body)
    {
        if (kind == CodeLoad && body.Length > LoadBytes)
        {
            ReadOnlySpan<byte> name = body[LoadBytes..];
            int end = name.IndexOf((byte)0);
            ReadOnlyMemory<byte> kept = (end < 0 ? name : name[..end]).ToArray();
            _names[U64(body, 32)] = kept;
            Add(U64(body, 16), U64(body, 24), kept);
        }
        else if (kind == CodeMove && body.Length >= MoveBytes && _names.TryGetValue(U64(body, 40), out ReadOnlyMemory<byte> known))
        {
            Add(U64(body, 24), U64(body, 32), known);
        }
    }

    private void Add(ulong start, ulong size, ReadOnlyMemory<byte> name)
    {
        if (!name.IsEmpty)
        {
            _entries.Add(new SymbolTable.Entry(start, size, _entries.Count, name));
        }
    }

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    [GeneratedRegex(@"/jit-[0-9]+\.dump$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
