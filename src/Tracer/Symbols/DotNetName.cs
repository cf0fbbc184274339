namespace Damon.Trace.Tracer.Symbols;

/// <summary>
/// Names of methods as people write them, of those that the .NET runtime writes into perf maps and jitdumps: <c>Table::Sum()</c> of
/// <c>instance int64 [app] Table::Sum()[OptimizedTier1]</c>. A method that was compiled again, better, is the same method.
/// </summary>
internal static class DotNetName
{
    private static readonly string[] s_tiers =
    [
        "PreJIT", "ReadyToRun", "MinOptJitted", "Optimized", "QuickJitted", "OptimizedTier1", "OptimizedTier1OSR", "InstrumentedTier", "InstrumentedTier0",
        "InstrumentedTier1", "QuickJittedInstrumented", "OptimizedTier1Instrumented", "PreStub", "Unknown", "ILStub",
    ];

    /// <summary>The name without what the method returns, its assembly and how it was compiled; as it is where it has another form.</summary>
    internal static string Shorten(string name)
    {
        int end = name.Length;
        int bracket = name.LastIndexOf('[');
        if (name.EndsWith(']') && bracket > 0 && Array.IndexOf(s_tiers, name[(bracket + 1)..^1]) >= 0)
        {
            end = bracket;
        }

        // What it returns comes first and may have assemblies in it, before a type and without a blank: class [System.Runtime]System.Type [app] ...
        int arguments = name.IndexOf("::", StringComparison.Ordinal);
        for (int at = name.IndexOf("] ", StringComparison.Ordinal); at >= 0 && at < arguments; at = name.IndexOf("] ", at + 1, StringComparison.Ordinal))
        {
            int open = name.LastIndexOf('[', at);
            if (open >= 0 && IsAssembly(name.AsSpan(open + 1, at - open - 1)))
            {
                return name[(at + 2)..end];
            }
        }

        return name;
    }

    /// <summary>And not the rank of an array.</summary>
    private static bool IsAssembly(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('A', 'z') >= 0;
}
