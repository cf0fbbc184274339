using Damon.Trace.Exporters.Compression;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// A stream whose first bytes were already read, to look at them: pipes cannot go back. Remembers how it fared, so that a decompressor's
/// complaint can be told from an input that ended or failed.
/// </summary>
internal sealed class CountedInput(ReadOnlyMemory<byte> prefix, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    /// <summary>True once a read found nothing more.</summary>
    internal bool Ended { get; private set; }

    /// <summary>True once a read failed: then the exception on its way is the input's own.</summary>
    internal bool Failed { get; private set; }

    /// <summary>Bytes handed out.</summary>
    internal long Taken { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (!_prefix.IsEmpty)
        {
            read = Math.Min(_prefix.Length, buffer.Length);
            _prefix.Span[..read].CopyTo(buffer);
            _prefix = _prefix[read..];
        }
        else
        {
            Failed = true;
            read = rest.Read(buffer);
            Failed = false;
            Ended |= read == 0 && !buffer.IsEmpty;
        }

        Taken += read;
        return read;
    }
}
