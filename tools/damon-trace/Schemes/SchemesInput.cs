using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Cli.Schemes;

/// <summary>A file of schemes, or <c>-</c> for stdin.</summary>
internal static class SchemesInput
{
    /// <summary>Reads its schemes, at least one.</summary>
    /// <exception cref="SchemeException">It cannot be read or understood.</exception>
    internal static IReadOnlyList<Scheme> Read(string path) => path == "-" ? SchemeFile.Parse(Console.In.ReadToEnd(), "stdin") : SchemeFile.Read(path);
}
