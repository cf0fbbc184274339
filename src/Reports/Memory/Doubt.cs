using System.Text.Json.Serialization;

namespace Damon.Trace.Reports.Memory;

/// <summary>What a reader of the numbers must know that the numbers do not say.</summary>
/// <param name="Level">What it means for the numbers.</param>
/// <param name="Text">A sentence.</param>
public sealed record Doubt([property: JsonIgnore] DoubtGrade Level, string Text)
{
    /// <summary><c>info</c>, <c>warning</c> or <c>invalid</c>.</summary>
    public string Grade => Level switch
    {
        DoubtGrade.Info => "info",
        DoubtGrade.Warning => "warning",
        _ => "invalid",
    };
}

/// <summary>What a doubt means for the numbers.</summary>
public enum DoubtGrade
{
    /// <summary>Worth knowing; the numbers stand.</summary>
    Info,

    /// <summary>Some numbers may be off.</summary>
    Warning,

    /// <summary>Numbers that are named must not be used.</summary>
    Invalid,
}
