namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Which encoding makes the pages of a column smaller: values as they are, of which most recur, or their differences. Both are tried, ever
/// more rarely while the answer stays, and at once where a page becomes larger than the last ones.
/// </summary>
internal sealed class EncodingChoice
{
    /// <summary>Trying differences takes longer than the page itself where values recur; where they do not, too late a trial is the dearer mistake.</summary>
    private const int MostPagesRecurring = 32;
    private const int MostPagesOfDifferences = 4;

    private readonly RareTrials _trials = new();
    private double _bytesAValue;

    /// <summary>That of the next page.</summary>
    internal int Encoding { get; private set; } = ParquetEncoding.Plain;

    private int Other => Encoding == ParquetEncoding.Plain ? ParquetEncoding.DeltaBinaryPacked : ParquetEncoding.Plain;

    /// <summary>The encoding to compare with, for a page that became so large; null when that is not due.</summary>
    internal int? ToTry(int bytes, int values)
    {
        if (values == 0 || (!_trials.IsDue && !IsLarger((double)bytes / values)))
        {
            _trials.Pass();
            return null;
        }

        return Other;
    }

    /// <summary>Takes what a page became in both; true when the other encoding is the better one, from this page on.</summary>
    internal bool Choose(int bytes, int bytesOfOther, int values)
    {
        bool change = RareTrials.IsLess(bytesOfOther, bytes);
        if (change)
        {
            Encoding = Other;
        }

        _trials.Answered(change, Encoding == ParquetEncoding.Plain ? MostPagesRecurring : MostPagesOfDifferences);
        _bytesAValue = (double)(change ? bytesOfOther : bytes) / values;
        return change;
    }

    /// <summary>By half, and by more than what the head of a page is.</summary>
    private bool IsLarger(double bytesAValue) => bytesAValue > (1.5 * _bytesAValue) + 0.05;
}
