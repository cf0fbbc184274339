using System.Diagnostics.CodeAnalysis;

namespace Damon.Trace.Tracer.Targets;

/// <summary>Turns names as bytes into strings, the same bytes into the same string, without garbage for names seen before.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<byte[], string> _names = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], string>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    internal NameTable()
    {
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    internal string Get(ReadOnlySpan<byte> name)
    {
        if (!_lookup.TryGetValue(name, out string? text))
        {
            text = SafeText.FromUtf8(name);
            _lookup[name] = text;
        }

        return text;
    }

    /// <summary>Forgets everything when more names are known than are worth keeping: a target may map ever new files for days.</summary>
    internal void Trim(int keep)
    {
        if (_names.Count > keep)
        {
            _names.Clear();
        }
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        internal static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
