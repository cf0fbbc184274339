namespace Damon.Trace.Reports.Memory;

/// <summary>Bytes accessed at least once within a time: the working set over that time.</summary>
/// <param name="Seconds">The time.</param>
/// <param name="Bytes">The estimate.</param>
/// <param name="LowBytes">Lower bound of its 95 % interval.</param>
/// <param name="HighBytes">Upper bound of its 95 % interval.</param>
/// <param name="UnknownBytes">Resident bytes about which nothing is known: they come on top of any bound.</param>
/// <param name="ResidentBytes">Memory held.</param>
internal sealed record WithinTime(
    double Seconds, ulong Bytes, ulong LowBytes, ulong HighBytes, ulong UnknownBytes, ulong ResidentBytes);
