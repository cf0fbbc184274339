using Damon.Trace.Cli.Recording;
using Damon.Trace.Exporters.Parquet.DataSet;

namespace Damon.Trace.Cli.Export;

/// <summary>Where a partitioned data set is and which host's recording goes into it.</summary>
/// <param name="Folder">Folder of the data set.</param>
/// <param name="Host">Name of the host.</param>
internal sealed record DataSetRequest(string Folder, string Host)
{
    internal const string Partitions = "host,date";

    /// <summary>Timestamps in microseconds.</summary>
    internal bool Microseconds { get; init; }

    /// <exception cref="UserErrorException">The options do not fit together.</exception>
    internal static DataSetRequest Parse(string folder, string partition, string? host, string? format)
    {
        if (partition != Partitions)
        {
            throw new UserErrorException($"cannot partition by '{partition}'", $"use --partition {Partitions}", ExitCode.Usage);
        }

        if (format is not null && OutputFormats.ByName(format) != OutputFormat.Parquet)
        {
            throw new UserErrorException($"a partitioned data set is Parquet, not '{format}'", "leave out --format", ExitCode.Usage);
        }

        if (folder == OutputRequest.Stdout || File.Exists(folder))
        {
            throw new UserErrorException(
                folder == OutputRequest.Stdout ? "a data set is a folder and cannot go to stdout" : $"'{folder}' is a file, and a data set is a folder",
                "name a folder, a new one or that of the data set to add to: -o DIR",
                ExitCode.Usage);
        }

        string name = host ?? Environment.MachineName;
        if (!DataSetWriter.IsHost(name))
        {
            throw new UserErrorException(
                $"'{name}' cannot be a partition", "use --host with letters, digits, dots, hyphens and underscores", ExitCode.Usage);
        }

        return new DataSetRequest(folder, name);
    }
}
