namespace Damon.Trace.Exporters.Compression;

/// <summary>The expanded bytes of a compressed stream, through one buffer of 64 KiB. Ends where the source is damaged.</summary>
internal sealed class DecodedStream(Stream source, IDecoder decoder) : ReadOnlyStream, IInputDamage
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private long _consumed;
    private int _begin;
    private int _end;
    private bool _sourceEnded;

    /// <inheritdoc/>
    public string? Damage { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        while (Damage is null && !buffer.IsEmpty)
        {
            if (_begin == _end && !_sourceEnded)
            {
                _begin = 0;
                _end = source.Read(_buffer);
                _sourceEnded = _end == 0;
            }

            bool sound = decoder.TryDecode(_buffer.AsSpan(_begin, _end - _begin), _sourceEnded, buffer, out int consumed, out int produced);
            _begin += consumed;
            _consumed += consumed;
            if (!sound)
            {
                Damage = $"the compressed data is damaged at byte {_consumed} ({decoder.Error})";
            }
            else if (produced == 0 && consumed == 0 && _sourceEnded)
            {
                Damage = decoder.IsComplete ? null : $"the compressed data ends early, at byte {_consumed}";
                return 0;
            }

            if (produced > 0)
            {
                return produced;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decoder.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
