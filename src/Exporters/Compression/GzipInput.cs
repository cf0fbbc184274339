using System.IO.Compression;
using Damon.Trace.Exporters.Damo;

namespace Damon.Trace.Exporters.Compression;

/// <summary>The expanded bytes of a gzip stream, member after member. Ends where the source is damaged.</summary>
internal sealed class GzipInput : ReadOnlyStream, IInputDamage
{
    private readonly CountedInput _source;
    private readonly Stream _owned;
    private readonly GZipStream _gzip;

    internal GzipInput(Stream source)
    {
        _owned = source;
        _source = new CountedInput(default, source);
        _gzip = new GZipStream(_source, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <inheritdoc/>
    public string? Damage { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (Damage is not null)
        {
            return 0;
        }

        try
        {
            return _gzip.Read(buffer);
        }
        catch (Exception e) when (e is InvalidDataException or IOException && !_source.Failed)
        {
            Damage = _source.Ended
                ? $"the compressed data ends early, at byte {_source.Taken}"
                : $"the compressed data is damaged before byte {_source.Taken} (gzip: {e.Message})";
            return 0;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
            _owned.Dispose();
        }

        base.Dispose(disposing);
    }
}
