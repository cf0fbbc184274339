using System.Text;

namespace Damon.Trace.Tracer.Tracepoints.Usdt;

/// <summary>A string table of an ELF file: NUL-terminated names, the empty one first.</summary>
internal sealed class ElfStringTable
{
    private readonly List<byte> _bytes = [0];

    internal int Length => _bytes.Count;

    /// <summary>Appends a name; its offset in the table.</summary>
    internal uint Add(string name)
    {
        uint offset = (uint)_bytes.Count;
        _bytes.AddRange(Encoding.ASCII.GetBytes(name));
        _bytes.Add(0);
        return offset;
    }

    internal void CopyTo(Span<byte> target) => _bytes.ToArray().CopyTo(target);
}
