namespace Damon.Trace.Exporters.Compression;

/// <summary>A stream of which the first bytes were already read to recognise it; pipes cannot be rewound.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ReadOnlyStream, IInputDamage
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    /// <inheritdoc/>
    public string? Damage => IInputDamage.Of(rest);

    public override int Read(Span<byte> buffer)
    {
        if (_prefix.IsEmpty)
        {
            return rest.Read(buffer);
        }

        int count = Math.Min(buffer.Length, _prefix.Length);
        _prefix.Span[..count].CopyTo(buffer);
        _prefix = _prefix[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
