using System.Globalization;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>
/// Where files are until all of them are complete: a hidden folder inside the data set, so that no reader of the data set sees half a
/// recording, and that giving them their place is a rename.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    private readonly string _root;
    private readonly string _staging;
    private readonly List<string> _files = [];

    /// <param name="root">Folder of the data set; made when it does not exist.</param>
    /// <param name="recording">Identity of the recording.</param>
    internal StagingFolder(string root, string recording)
    {
        _root = root;
        // The process in the name keeps two exports of the same recording apart.
        _staging = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $".{recording}.{Environment.ProcessId}.partial"));
        Directory.CreateDirectory(_staging);
    }

    /// <summary>Opens a new file of a table, readable by its owner only: it holds addresses.</summary>
    internal FileStream Create(string table, string partition, string fileName)
    {
        string file = Path.Combine(table, partition, fileName);
        string path = Path.Combine(_staging, file);
        MakeFolder(Path.GetDirectoryName(path)!);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        FileStream stream = new(path, options);
        _files.Add(file);
        return stream;
    }

    /// <summary>
    /// Gives all files their place, those of table regions last: whoever sees a region finds its descriptions. Files that an earlier
    /// export of the same recording left and this one did not make are deleted.
    /// </summary>
    /// <param name="host">Partition of the host.</param>
    /// <param name="recording">Identity of the recording.</param>
    internal void Publish(string host, string recording)
    {
        foreach (string file in _files.OrderBy(file => file.StartsWith("regions", StringComparison.Ordinal)))
        {
            string path = Path.Combine(_root, file);
            MakeFolder(Path.GetDirectoryName(path)!);
            File.Move(Path.Combine(_staging, file), path, overwrite: true);
        }

        HashSet<string> published = [.. _files.Select(file => Path.Combine(_root, file))];
        foreach (string table in Directory.EnumerateDirectories(_root).Where(folder => Path.GetFileName(folder)[0] != '.'))
        {
            string partition = Path.Combine(table, host);
            IEnumerable<string> earlier = Directory.Exists(partition)
                ? Directory.EnumerateFiles(partition, recording + ".*parquet", SearchOption.AllDirectories)
                : [];
            foreach (string file in earlier.Where(file => !published.Contains(file)).ToList())
            {
                File.Delete(file);
            }
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_staging))
        {
            Directory.Delete(_staging, recursive: true);
        }
    }

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnlyFolder);
        }
    }
}
