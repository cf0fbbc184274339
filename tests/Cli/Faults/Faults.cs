using System.Globalization;

namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>
/// How much of all that can go wrong is tried: a few of it, another part in every run, or with <c>tools/faults</c>, which sets DAMON_TRACE_FAULTS, all of it
/// and each of it so many times. DAMON_TRACE_FAULTS_TABLE gets a row for each.
/// </summary>
internal static class Faults
{
    private static readonly string? s_table = Environment.GetEnvironmentVariable("DAMON_TRACE_FAULTS_TABLE");
    private static readonly int? s_rounds = Number("DAMON_TRACE_FAULTS");

    /// <summary>Random moments; DAMON_TRACE_SEED repeats those of an earlier run.</summary>
    internal static Random Random { get; } = new(Number("DAMON_TRACE_SEED") ?? Environment.TickCount);

    /// <summary>Times to try what depends on its moment.</summary>
    /// <param name="commands">Over which they are spread.</param>
    internal static int Rounds(int commands = 1) => Math.Max(1, (s_rounds ?? 1) / commands);

    /// <summary>Some of many cases, at random; all of them where all are asked for.</summary>
    internal static IEnumerable<T> Some<T>(int few, params IReadOnlyList<T> all)
    {
        if (s_rounds is not null)
        {
            return all;
        }

        T[] shuffled = [.. all];
        Random.Shuffle(shuffled);
        return shuffled.Take(few);
    }

    /// <summary>A row of the table: what was done, how often, and how it ended, commonest first.</summary>
    internal static void Tell(string fault, params IReadOnlyCollection<string> ends)
    {
        string told = string.Join(
            "; ", ends.CountBy(static end => end).OrderByDescending(static end => end.Value).Select(static end => $"{end.Value} x {end.Key}"));
        if (s_table is not null)
        {
            File.AppendAllText(s_table, $"| {fault} | {ends.Count} | {told} |\n");
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
