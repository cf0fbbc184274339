namespace Damon.Trace.Reports;

/// <summary>What a range of addresses is: the mapping that has most of it.</summary>
/// <param name="Permissions">Its four letters, e.g. <c>rw-p</c>.</param>
/// <param name="Name">Its path, or what stands for one; <c>[anon]</c> for memory without a name.</param>
/// <param name="OtherMappings">How many other mappings the range touches.</param>
public sealed record RangeName(string Permissions, string Name, int OtherMappings)
{
    /// <summary>What the target keeps there, which the name ends with; empty where nobody told.</summary>
    public string Label { get; init; } = "";

    /// <summary><c>rw-p [heap] +2 more</c>, fit for a terminal.</summary>
    public override string ToString()
    {
        string name = $"{ReportText.Clean(Permissions)} {ReportText.Clean(Name)}";
        return OtherMappings == 0 ? name : ReportText.Invariant($"{name} +{OtherMappings} more");
    }
}
