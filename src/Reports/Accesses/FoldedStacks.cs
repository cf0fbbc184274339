using System.Globalization;

namespace Damon.Trace.Reports.Accesses;

/// <summary>
/// Stacks in one line each, the outermost function first, as flamegraph.pl, speedscope and inferno read them. The number behind a stack is
/// its share of all weight in millionths.
/// </summary>
public sealed class FoldedStacks
{
    private const double Whole = 1e6;

    private readonly Dictionary<string, double> _stacks = new(StringComparer.Ordinal);
    private double _weight;

    /// <summary>Adds an access, below the name of its thread.</summary>
    public void Add(string thread, in NamedAccess access)
    {
        IEnumerable<string> frames = access.Stack.Reverse().Prepend(thread).Append(access.Function + (access.IsKernel ? "_[k]" : ""));
        string line = string.Join(';', frames.Select(Clean));
        _stacks[line] = _stacks.GetValueOrDefault(line) + access.Weight;
        _weight += access.Weight;
    }

    /// <summary>Writes all stacks, in ordinal order.</summary>
    public void Write(TextWriter output)
    {
        foreach ((string line, double weight) in _stacks.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            long parts = Math.Max(1, (long)Math.Round(weight / _weight * Whole));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line} {parts}"));
        }
    }

    private static string Clean(string frame) => ReportText.Clean(frame).Replace(';', ':');
}
