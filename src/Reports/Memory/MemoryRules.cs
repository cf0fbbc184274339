namespace Damon.Trace.Reports.Memory;

/// <summary>What all reports say alike about hot, cold and unknown memory.</summary>
public static class MemoryRules
{
    /// <summary>Memory not accessed for longer is cold, unless something else is asked for.</summary>
    public const double ColdAfterSeconds = 10;

    /// <summary>From this share of resident memory on, a size is said as a range with what is unknown.</summary>
    public const double RangeShare = 0.05;

    /// <summary>Above this share of resident memory no advice is given.</summary>
    public const double AdviceShare = 0.2;

    /// <summary>What recordings without idle times cannot tell apart.</summary>
    public const string NotPopulatedMayBeCold =
        "what is populated is not known: memory never touched may count as cold";

    /// <summary><c>32.0 MiB</c>, or <c>32.0 to 58.0 MiB, 26.0 MiB unknown</c> where that matters.</summary>
    /// <param name="bytes">The estimate.</param>
    /// <param name="unknownBytes">About which nothing is known.</param>
    /// <param name="residentBytes">Of all that is held.</param>
    internal static string Size(ulong bytes, ulong unknownBytes, ulong residentBytes) =>
        unknownBytes > RangeShare * residentBytes
            ? $"{ReportText.ShortSize(bytes)} to {ReportText.ShortSize(Math.Min(bytes + unknownBytes, residentBytes))}, "
                + $"{ReportText.ShortSize(unknownBytes)} unknown"
            : ReportText.ShortSize(bytes);
}
