namespace Damon.Trace.Accuracy;

/// <summary>Whether the kernel gives private memory folios larger than a page and smaller than a huge page.</summary>
internal static class MultiSizeFolios
{
    internal static bool AreEnabled() =>
        Directory.GetDirectories("/sys/kernel/mm/transparent_hugepage", "hugepages-*kB")
            .Where(folder => !folder.EndsWith("-2048kB", StringComparison.Ordinal))
            .Select(folder => Path.Combine(folder, "enabled"))
            .Any(file => File.Exists(file) && !File.ReadAllText(file).Contains("[never]", StringComparison.Ordinal));
}
