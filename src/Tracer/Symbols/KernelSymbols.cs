using System.Buffers.Text;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>The kernel's functions by /proc/kallsyms, which shows addresses to those alone who may know them (kernel.kptr_restrict).</summary>
internal static class KernelSymbols
{
    private const string FilePath = "/proc/kallsyms";

    /// <summary>Its functions; an empty table where the addresses are hidden.</summary>
    internal static SymbolTable Read()
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(FilePath);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return SymbolTable.Empty;
        }

        List<SymbolTable.Entry> entries = [];
        ReadOnlyMemory<byte> rest = text;
        while (!rest.IsEmpty)
        {
            int newline = rest.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = newline < 0 ? rest : rest[..newline];
            rest = newline < 0 ? default : rest[(newline + 1)..];

            // ffffffff81000000 T _stext, and for those of modules a tab and [module].
            if (Utf8Parser.TryParse(line.Span, out ulong address, out int digits, 'x') && address != 0 && line.Length > digits + 3
                && line.Span[digits + 1] is (byte)'t' or (byte)'T' or (byte)'w' or (byte)'W')
            {
                ReadOnlyMemory<byte> name = line[(digits + 3)..];
                int tab = name.Span.IndexOf((byte)'\t');
                entries.Add(new SymbolTable.Entry(address, 0, 0, tab < 0 ? name : name[..tab]));
            }
        }

        return new SymbolTable(entries);
    }
}
