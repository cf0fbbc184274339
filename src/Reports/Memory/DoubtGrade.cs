namespace Damon.Trace.Reports.Memory;

/// <summary>What a doubt means for the numbers.</summary>
internal enum DoubtGrade
{
    /// <summary>Worth knowing; the numbers stand.</summary>
    Info,

    /// <summary>Some numbers may be off.</summary>
    Warning,

    /// <summary>Numbers that are named must not be used.</summary>
    Invalid,
}
