namespace Damon.Trace.Cli.Snapshots;

/// <summary>What a file of a snapshot is.</summary>
internal enum SnapshotFormat
{
    WorkingSet,
    Json,
    Text,
}

/// <summary>The file that <c>snapshot -o</c> writes.</summary>
internal sealed record SnapshotOutput(string Path, SnapshotFormat Format)
{
    /// <exception cref="UserErrorException">The name tells no format that a snapshot has.</exception>
    internal static SnapshotOutput? Of(string? path) => path is null ? null : System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".workingset" => new SnapshotOutput(path, SnapshotFormat.WorkingSet),
        ".json" => new SnapshotOutput(path, SnapshotFormat.Json),
        ".txt" => new SnapshotOutput(path, SnapshotFormat.Text),
        ".nettrace" or ".parquet" or ".data" => throw new UserErrorException(
            $"'{path}' is a recording, a snapshot is one moment", $"use 'damon-trace record --exact -p PID -o {path}'", ExitCode.Usage),
        _ => throw new UserErrorException(
            $"'{path}' tells no format of a snapshot", "use a name that ends in .workingset, .json or .txt", ExitCode.Usage),
    };
}
