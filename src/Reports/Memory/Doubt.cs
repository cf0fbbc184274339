using System.Text.Json.Serialization;

namespace Damon.Trace.Reports.Memory;

/// <summary>What a reader of the numbers must know that the numbers do not say.</summary>
/// <param name="Level">What it means for the numbers.</param>
/// <param name="Text">A sentence.</param>
internal sealed record Doubt([property: JsonIgnore] DoubtGrade Level, string Text)
{
    /// <summary><c>info</c>, <c>warning</c> or <c>invalid</c>.</summary>
    public string Grade => Level switch
    {
        DoubtGrade.Info => "info",
        DoubtGrade.Warning => "warning",
        _ => "invalid",
    };
}
