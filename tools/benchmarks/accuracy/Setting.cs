namespace Damon.Trace.Accuracy;

/// <summary>How a row is recorded.</summary>
/// <param name="Name">The letter of the table.</param>
/// <param name="Arguments">Of damon-trace record.</param>
internal sealed record Setting(string Name, params string[] Arguments)
{
    internal static IReadOnlyList<Setting> All { get; } =
    [
        new("D"),
        new("F", "--sample", "5ms", "--aggr", "100ms"),
        new("B", "--cpu-budget", "1%"),
        new("T", "--cpu-budget", "0.1%"),
    ];
}
