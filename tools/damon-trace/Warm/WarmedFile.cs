namespace Damon.Trace.Cli.Warm;

/// <summary>What became of one file.</summary>
/// <param name="Path">As the working set has it.</param>
/// <param name="State"><c>same</c>, <c>changed</c>, <c>missing</c>, <c>shorter</c> or <c>limit</c>: why it was loaded or not.</param>
/// <param name="WantedBytes">Touched, in whole pages.</param>
/// <param name="ChosenBytes">Of these, what is to be loaded: without what is behind the file's end or beyond the limit.</param>
internal sealed record WarmedFile(string Path, string State, ulong WantedBytes, ulong ChosenBytes)
{
    /// <summary>Of the chosen bytes in memory before; null where the system does not tell this user.</summary>
    internal ulong? ResidentBefore { get; init; }

    /// <summary>The same afterwards.</summary>
    internal ulong? ResidentAfter { get; init; }
}
