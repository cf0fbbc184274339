using System.Reflection;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>The version that goes into files.</summary>
internal static class ToolVersion
{
    internal static string Text { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>In the form readers parse to work around defects of single versions: application, "version", number.</summary>
    internal static string CreatedBy { get; } = $"damon-trace version {Text}";
}
