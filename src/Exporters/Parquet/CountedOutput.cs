namespace Damon.Trace.Exporters.Parquet;

/// <summary>A stream that is only written to, with its offset counted here: pipes have none of their own.</summary>
internal sealed class CountedOutput(Stream stream)
{
    private readonly long _origin = stream.CanSeek ? stream.Position : 0;

    /// <summary>Bytes written so far: the offset in the file.</summary>
    internal long Offset { get; private set; }

    internal bool CanTruncate => stream.CanSeek;

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        Offset += bytes.Length;
    }

    internal void Flush() => stream.Flush();

    /// <summary>Throws away what is beyond an offset; the next write continues there.</summary>
    internal void TruncateTo(long offset)
    {
        stream.SetLength(_origin + offset);
        stream.Position = _origin + offset;
        Offset = offset;
    }
}
