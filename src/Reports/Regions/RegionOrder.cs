namespace Damon.Trace.Reports.Regions;

/// <summary>What a list of ranges begins with.</summary>
public enum RegionOrder
{
    /// <summary>The most bytes times mean heat; ranges without any access are not listed.</summary>
    Hottest,

    /// <summary>The highest mean heat, however small; ranges without any access are not listed.</summary>
    Frequency,

    /// <summary>The lowest mean heat, then the highest age.</summary>
    Coldest,

    /// <summary>The highest age: what has been the same for longest, hot or cold.</summary>
    Oldest,

    /// <summary>
    /// The highest temperature, with damo's default weights: 100 times the per cent of samples found accessed plus 100 times the age in
    /// microseconds; the negative of that where there was no access. What has been accessed for longest comes first, what has been idle for
    /// longest last.
    /// </summary>
    Temperature,
}
