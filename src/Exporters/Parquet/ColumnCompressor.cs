namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Compresses the pages of a column, and looks for matches only where they have been found before: packed differences have hardly any, and
/// the search takes longer than packing them.
/// </summary>
/// <param name="compressor">Searches, and codes.</param>
/// <param name="schema">Of the column.</param>
internal sealed class ColumnCompressor(PageCompressor compressor, ColumnSchema schema)
{
    /// <summary>After so many pages at most it is tried again what is worth its while.</summary>
    private const int MostPagesAlike = 8;

    /// <summary>No search is worth its while.</summary>
    private const int SmallPage = 64;

    private readonly ByteBuffer _coded = new();
    private readonly RareTrials _trials = new();
    private Way _way;

    private enum Way
    {
        /// <summary>Matches are searched, and what is left is coded.</summary>
        Search,

        /// <summary>All bytes are coded by how often they occur.</summary>
        Code,

        /// <summary>The bytes are left as they are.</summary>
        Store,
    }

    /// <summary>Compresses a page, whose values begin at an offset and are encoded in one of the ways of <see cref="ParquetEncoding"/>.</summary>
    internal void Compress(ReadOnlySpan<byte> page, int valuesAt, int encoding, ByteBuffer output)
    {
        if (!compressor.IsZstd)
        {
            compressor.Compress(page, output);
            return;
        }

        if (schema.IsTimestamp && ZstdTimes.TryWrite(page, valuesAt, output))
        {
            return;
        }

        // A page of one value, of zeros, of nulls.
        int runAt = page.LastIndexOfAnyExcept(page[^1]) + 1;
        if (runAt <= SmallPage)
        {
            ZstdFrame.StoreRun(page, runAt, output);
        }
        else if (schema.Recurs && encoding == ParquetEncoding.Plain)
        {
            compressor.CompressRecurring(page, valuesAt, schema.Width, output);
        }
        else if (_trials.IsDue)
        {
            Choose(page, output);
        }
        else
        {
            _trials.Pass();
            Compress(page, output);
        }
    }

    private void Compress(ReadOnlySpan<byte> page, ByteBuffer output)
    {
        switch (_way)
        {
            case Way.Search:
                compressor.Compress(page, output);
                break;
            case Way.Code:
                compressor.Code(page, output);
                break;
            default:
                ZstdFrame.Store(page, output);
                break;
        }
    }

    /// <summary>Compresses a page in the ways there are, and keeps to the cheapest that does nearly as well as the next.</summary>
    private void Choose(ReadOnlySpan<byte> page, ByteBuffer output)
    {
        _coded.Clear();
        compressor.Code(page, _coded);
        compressor.Compress(page, output);
        Way best = RareTrials.IsLess(output.Length, _coded.Length) ? Way.Search : RareTrials.IsLess(_coded.Length, page.Length) ? Way.Code : Way.Store;
        _trials.Answered(best != _way, MostPagesAlike);
        _way = best;
    }
}
