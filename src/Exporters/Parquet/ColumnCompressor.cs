namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Compresses the pages of a column, and looks for matches only where they have been found before: packed differences of addresses have
/// hardly any, and the search takes longer than packing them.
/// </summary>
/// <param name="compressor">Searches.</param>
/// <param name="isTimes">Values are times as they are, of 64 bits.</param>
internal sealed class ColumnCompressor(PageCompressor compressor, bool isTimes)
{
    /// <summary>Pages that are not searched after one in which little was found.</summary>
    private const int PagesStored = 11;

    /// <summary>So much of a page that is little: one part of so many.</summary>
    private const int LittlePart = 8;

    /// <summary>No search is worth its while.</summary>
    private const int SmallPage = 64;

    private int _stored;

    /// <summary>Compresses a page, whose values begin at an offset.</summary>
    internal void Compress(ReadOnlySpan<byte> page, int valuesAt, ByteBuffer output)
    {
        if (!compressor.IsZstd)
        {
            compressor.Compress(page, output);
            return;
        }

        if (isTimes && ZstdTimes.TryWrite(page, valuesAt, output))
        {
            return;
        }

        // A page of one value, of zeros, of nulls.
        int runAt = page.LastIndexOfAnyExcept(page[^1]) + 1;
        if (runAt <= SmallPage)
        {
            ZstdFrame.StoreRun(page, runAt, output);
        }
        else if (_stored > 0)
        {
            _stored--;
            ZstdFrame.Store(page, output);
        }
        else
        {
            compressor.Compress(page, output);
            _stored = output.Length > page.Length - (page.Length / LittlePart) ? PagesStored : 0;
        }
    }
}
