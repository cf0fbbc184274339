using System.Globalization;
using System.Text.RegularExpressions;
using Damon.Trace.Exporters.Parquet.DataSet;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>
/// Reads the recording of a data set back from the files of its table regions, one for each day. A data set of several recordings has no
/// one answer: one of them has to be named.
/// </summary>
internal sealed partial class DataSetReader : IRecordingReader
{
    private const string Table = "regions";

    private readonly string _folder;
    private readonly string[] _files;

    private DataSetReader(string folder, string[] files)
    {
        _folder = folder;
        _files = files;
    }

    /// <summary>Null when the folder is no data set, nor a part of one.</summary>
    /// <exception cref="RecordingFormatException">It holds several recordings.</exception>
    internal static DataSetReader? TryOpen(string folder)
    {
        string table = Path.Combine(folder, Table);
        if (!Directory.Exists(table) && !IsPart(folder))
        {
            return null;
        }

        string root = Directory.Exists(table) ? table : folder;
        string[] files =
        [
            .. Directory.EnumerateFiles(root, "*.parquet", SearchOption.AllDirectories)
                .Where(file => !Path.GetRelativePath(root, file).Split('/').Any(name => name.StartsWith('.')))
                .Order(StringComparer.Ordinal),
        ];
        var recordings = files.GroupBy(file => (HostOf(root, file), Part().Replace(Path.GetFileNameWithoutExtension(file), ""))).ToList();
        if (recordings.Count > 1)
        {
            throw new RecordingFormatException(
                $"the data set holds {recordings.Count} recordings; hint: name a file of one, for example '{files[0]}'");
        }

        return files.Length > 0 ? new DataSetReader(folder, files) : null;
    }

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        RecordingEnd? end = null;
        bool isLast = false;
        List<(int Part, string Path)> parts = [.. _files.Select(file => (PartOf(file, cancellation), file)).Order()];
        foreach ((_, string path) in parts)
        {
            end = Read(path, sink, out isLast, cancellation);
        }

        bool whole = isLast && parts.Select(part => part.Part).SequenceEqual(Enumerable.Range(0, parts.Count));
        sink.OnEnd(whole ? end! : end! with { Notes = [.. end.Notes, $"'{_folder}' has only some of the recording's days"] });
    }

    private static RecordingEnd Read(string path, IRecordingSink sink, out bool isLast, CancellationToken cancellation)
    {
        using FileStream file = Open(path);
        try
        {
            return new ParquetRecordingReader(file).ReadPart(sink, out isLast, cancellation);
        }
        catch (RecordingFormatException error)
        {
            throw new RecordingFormatException($"{path}: {error.Message}", error);
        }
    }

    private static int PartOf(string path, CancellationToken cancellation)
    {
        using FileStream file = Open(path);
        using ParquetSource source = new(file, cancellation);
        return int.TryParse(source.Metadata(DataSetFile.PartKey), NumberStyles.None, CultureInfo.InvariantCulture, out int part) ? part : 0;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    /// <summary>The table itself, a host or a day of it.</summary>
    private static bool IsPart(string folder)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return name == Table || name.StartsWith("host=", StringComparison.Ordinal) || name.StartsWith("date=", StringComparison.Ordinal);
    }

    /// <summary>The folder in front of the day.</summary>
    private static string HostOf(string root, string file) =>
        Path.GetDirectoryName(Path.GetDirectoryName(Path.GetRelativePath(root, file))) ?? "";

    /// <summary>What is behind a recording's name when its clock came back to a day.</summary>
    [GeneratedRegex(@"\.\d+$")]
    private static partial Regex Part();
}
