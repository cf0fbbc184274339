namespace Damon.Trace.Exporters.Compression;

/// <summary>Expands one kind of compressed data piece by piece.</summary>
internal interface IDecoder : IDisposable
{
    /// <summary>What is wrong with the data; null while nothing is.</summary>
    string? Error { get; }

    /// <summary>The data may end here: every part begun is complete.</summary>
    bool IsComplete { get; }

    /// <summary>Expands as much as fits; false when the data is damaged, and <see cref="Error"/> says how.</summary>
    /// <param name="source">Compressed bytes.</param>
    /// <param name="isLast">No more will follow.</param>
    /// <param name="destination">Takes the expanded bytes.</param>
    /// <param name="consumed">Bytes of the source that are done.</param>
    /// <param name="produced">Bytes written.</param>
    bool TryDecode(ReadOnlySpan<byte> source, bool isLast, Span<byte> destination, out int consumed, out int produced);
}
