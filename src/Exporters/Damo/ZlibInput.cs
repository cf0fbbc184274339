using System.IO.Compression;
using Damon.Trace.Exporters.Compression;

namespace Damon.Trace.Exporters.Damo;

/// <summary>A zlib stream decompressed. What is wrong with it is an <see cref="InvalidDataException"/>, always.</summary>
internal sealed class ZlibInput(CountedInput input) : ReadOnlyStream
{
    private readonly ZLibStream _zlib = new(input, CompressionMode.Decompress, leaveOpen: true);

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _zlib.Read(buffer);
        }
        catch (IOException e) when (!input.Failed)
        {
            // Some faults, such as a preset dictionary, come as an exception that only says it is an IOException.
            throw new InvalidDataException(e.Message, e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _zlib.Dispose();
        }

        base.Dispose(disposing);
    }
}
