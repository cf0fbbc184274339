namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Which encoding makes the pages of a column smaller: values as they are, of which most recur, or their differences. Both are tried, ever
/// more rarely while the answer stays, and at once where a page becomes larger than the last ones.
/// </summary>
internal sealed class EncodingChoice
{
    /// <summary>Trying differences takes three times as long as what is left to them by values that recur.</summary>
    private const int MostPagesRecurring = 32;
    private const int MostPagesOfDifferences = 4;

    /// <summary>So much less is worth another encoding: one part of so many.</summary>
    private const int LittlePart = 8;

    private int _interval = 1;
    private int _left;
    private double _bytesAValue;

    /// <summary>That of the next page.</summary>
    internal int Encoding { get; private set; } = ParquetEncoding.Plain;

    /// <summary>The encoding to compare with, for a page that became so large; null when that is not due.</summary>
    internal int? ToTry(int bytes, int values)
    {
        if (values == 0 || (_left > 0 && !IsLarger((double)bytes / values)))
        {
            _left = Math.Max(0, _left - 1);
            return null;
        }

        return Encoding == ParquetEncoding.Plain ? ParquetEncoding.DeltaBinaryPacked : ParquetEncoding.Plain;
    }

    /// <summary>Takes what a page became in both; true when the other encoding is the better one, from this page on.</summary>
    internal bool Choose(int bytes, int bytesOfOther, int values)
    {
        bool change = bytesOfOther < bytes - (bytes / LittlePart);
        if (change)
        {
            Encoding = Encoding == ParquetEncoding.Plain ? ParquetEncoding.DeltaBinaryPacked : ParquetEncoding.Plain;
        }

        int most = Encoding == ParquetEncoding.Plain ? MostPagesRecurring : MostPagesOfDifferences;
        _interval = change ? 1 : Math.Min(_interval * 2, most);
        _left = _interval;
        _bytesAValue = (double)(change ? bytesOfOther : bytes) / values;
        return change;
    }

    /// <summary>By half, and by more than what the head of a page is.</summary>
    private bool IsLarger(double bytesAValue) => bytesAValue > (1.5 * _bytesAValue) + 0.05;
}
