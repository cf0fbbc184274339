namespace Damon.Trace.Cli.Recording;

/// <summary>The formats by their names for --format and by what file names say of them.</summary>
internal static class OutputFormats
{
    private static readonly (string Name, OutputFormat Format)[] s_names =
    [
        ("nettrace", OutputFormat.NetTrace),
        ("txt", OutputFormat.PerfScript),
        ("parquet", OutputFormat.Parquet),
        ("perf-data", OutputFormat.PerfData),
        ("perf-accesses", OutputFormat.PerfAccesses),
        ("perf-pipe", OutputFormat.PerfPipe),
        ("damo-json", OutputFormat.DamoJson),
        ("damo-json-compressed", OutputFormat.DamoJsonCompressed),
        ("damo-record", OutputFormat.DamoRecord2),
        ("damo-record-0", OutputFormat.DamoRecord0),
        ("damo-record-1", OutputFormat.DamoRecord1),
        ("ctf", OutputFormat.Ctf),
    ];

    private static readonly (string Suffix, OutputFormat Format)[] s_suffixes =
    [
        ("nettrace", OutputFormat.NetTrace),
        ("txt", OutputFormat.PerfScript),
        ("parquet", OutputFormat.Parquet),
        ("accesses.perf.data", OutputFormat.PerfAccesses),
        ("perf.data", OutputFormat.PerfData),
        ("damo.json", OutputFormat.DamoJson),
    ];

    /// <summary>Formats a recording can have while it is made, for people.</summary>
    internal static string RecordNames { get; } = Names(OutputFormat.Ctf);

    /// <summary>Formats of exports, for people.</summary>
    internal static string ExportNames { get; } = Names(OutputFormat.NetTrace);

    /// <summary>What file names end in that say a format, for people.</summary>
    internal static string FileNames { get; } = string.Join(", ", s_suffixes.Select(known => "." + known.Suffix));

    /// <summary>
    /// Whether a file that could not be written to its end can be read up to there by every program that reads the format: its final name then
    /// stands for what there is. Others are whole only at their end, and keep the name of a part.
    /// </summary>
    internal static bool IsReadableWhenCutOff(OutputFormat format) => format is OutputFormat.NetTrace or OutputFormat.PerfScript;

    /// <summary>The format with this name; null when there is none.</summary>
    internal static OutputFormat? ByName(string name) => Find(s_names, known => known == name);

    /// <summary>The format that a file name tells, by its last one or two parts; null when it tells none.</summary>
    internal static OutputFormat? ByFileName(string path)
    {
        string name = Path.GetFileName(path);
        return Find(s_suffixes, suffix => name == suffix || name.EndsWith("." + suffix, StringComparison.Ordinal));
    }

    private static string Names(OutputFormat except) =>
        string.Join(", ", s_names.Where(known => known.Format != except).Select(known => known.Name));

    private static OutputFormat? Find((string Text, OutputFormat Format)[] formats, Predicate<string> matches)
    {
        int index = Array.FindIndex(formats, entry => matches(entry.Text));
        return index < 0 ? null : formats[index].Format;
    }
}
