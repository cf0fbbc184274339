using System.Globalization;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>The seed of random tests: fixed, unless DAMON_TRACE_SEED says otherwise.</summary>
internal static class TestSeed
{
    internal static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("DAMON_TRACE_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 20_260_101;
}
