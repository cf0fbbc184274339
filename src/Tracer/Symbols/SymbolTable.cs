using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>Functions sorted by their addresses. Names are bytes until they are asked for: of a hundred thousand a report shows ten.</summary>
internal sealed class SymbolTable
{
    private readonly Entry[] _entries;

    /// <param name="entries">In any order; where two begin at one address, the one of the higher rank is taken.</param>
    internal SymbolTable(List<Entry> entries)
    {
        entries.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.Rank.CompareTo(a.Rank));
        _entries = [.. entries.Where((entry, i) => i == 0 || entries[i - 1].Start != entry.Start)];
    }

    internal static SymbolTable Empty { get; } = new([]);

    internal int Count => _entries.Length;

    /// <summary>In address order.</summary>
    internal ReadOnlySpan<Entry> Entries => _entries;

    /// <summary>A function.</summary>
    /// <param name="Start">Its first byte.</param>
    /// <param name="Size">Its length; 0 where it is not said, then it ends where the next begins.</param>
    /// <param name="Rank">Which name to take where one function has several.</param>
    /// <param name="Name">UTF-8.</param>
    internal readonly record struct Entry(ulong Start, ulong Size, int Rank, ReadOnlyMemory<byte> Name);

    /// <summary>The function that holds an address.</summary>
    internal bool TryFind(ulong address, out ulong start, out string name)
    {
        int at = FindLast(address);
        if (at < 0 || (_entries[at].Size > 0 && address - _entries[at].Start >= _entries[at].Size))
        {
            start = 0;
            name = "";
            return false;
        }

        start = _entries[at].Start;
        name = Demangler.Demangle(SafeText.FromUtf8(_entries[at].Name.Span));
        return true;
    }

    /// <summary>Where the function begins that holds an address; null when none does. Allocates nothing.</summary>
    internal ulong? StartOf(ulong address)
    {
        int at = FindLast(address);
        return at < 0 || (_entries[at].Size > 0 && address - _entries[at].Start >= _entries[at].Size) ? null : _entries[at].Start;
    }

    /// <summary>Text of a name in a table of names that each end with a NUL.</summary>
    internal static ReadOnlyMemory<byte> NameAt(ReadOnlyMemory<byte> names, uint offset)
    {
        if (offset >= names.Length)
        {
            return default;
        }

        ReadOnlyMemory<byte> rest = names[(int)offset..];
        int end = rest.Span.IndexOf((byte)0);
        return end < 0 ? default : rest[..end];
    }

    private int FindLast(ulong address)
    {
        int low = 0;
        int high = _entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (_entries[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }
}
