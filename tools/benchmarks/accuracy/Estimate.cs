namespace Damon.Trace.Accuracy;

/// <summary>Bytes touched in a window as the recorder estimates them, with the ends of its 95 % interval, and what it could not know.</summary>
internal readonly record struct Estimate(double Bytes, double LowBytes, double HighBytes, double UnknownBytes)
{
    /// <summary>Whether the interval has a number of bytes, by a page.</summary>
    internal bool Has(double bytes) => LowBytes - 4096 <= bytes && bytes <= HighBytes + 4096;
}
