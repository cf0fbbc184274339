namespace Damon.Trace.Exporters.Reports.Regions;

/// <summary>A range of the last snapshot and what the recording says about it.</summary>
internal sealed class RangeHeat
{
    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    /// <summary>Aggregation intervals for which its access frequency has been about the same, at the end.</summary>
    public required uint Age { get; init; }

    /// <summary>Samples of the last aggregation that found it accessed.</summary>
    public required uint NrAccesses { get; init; }

    /// <summary>Heat times bytes times seconds, summed over the recording.</summary>
    public double HeatSum { get; set; }

    /// <summary>Share of samples that found it accessed, times bytes times seconds; stays 0 where the number of checks is unknown.</summary>
    public double ShareSum { get; set; }

    /// <summary>Bytes times seconds for which heat was known.</summary>
    public double WeightSum { get; set; }

    public ulong Size => End - Start;

    public double Mean => WeightSum > 0 ? HeatSum / WeightSum : 0;

    /// <summary>Mean share of samples that found it accessed, 0 to 1.</summary>
    public double Share => WeightSum > 0 ? ShareSum / WeightSum : 0;
}
