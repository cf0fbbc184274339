using System.IO.Compression;

namespace Damon.Trace.Cli.Doctor;

/// <summary>How the running kernel was built, from the places where distributions keep it.</summary>
internal sealed class KernelConfiguration
{
    private readonly HashSet<string> _set;

    private KernelConfiguration(string? path, HashSet<string> set)
    {
        Path = path;
        _set = set;
    }

    /// <summary>The file it was read from; null when there is none, and nothing is known.</summary>
    internal string? Path { get; }

    /// <summary>Whether an option is <c>y</c> or <c>m</c>; null when unknown.</summary>
    internal bool? Has(string option) => Path is null ? null : _set.Contains(option);

    /// <summary>Those options that are not set; none when nothing is known.</summary>
    internal IReadOnlyList<string> Missing(IEnumerable<string> options) => [.. options.Where(option => Has(option) == false)];

    /// <summary>The release of the running kernel, as uname -r prints it.</summary>
    internal static string Release { get; } = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    internal static KernelConfiguration Read() => Read(["/proc/config.gz", $"/boot/config-{Release}", $"/lib/modules/{Release}/config"]);

    internal static KernelConfiguration Read(IEnumerable<string> places)
    {
        foreach (string place in places)
        {
            try
            {
                if (File.Exists(place))
                {
                    return new KernelConfiguration(place, Parse(place));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // The next place may be readable.
            }
        }

        return new KernelConfiguration(null, []);
    }

    private static HashSet<string> Parse(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream plain = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(plain);
        var set = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is string line)
        {
            if (line.EndsWith("=y", StringComparison.Ordinal) || line.EndsWith("=m", StringComparison.Ordinal))
            {
                set.Add(line[..^2]);
            }
        }

        return set;
    }
}
