namespace Damon.Trace.Exporters.Damo;

/// <summary>How <see cref="DamoJsonWriter"/> writes, and what it may say where the recording is silent.</summary>
public sealed record DamoJsonOptions
{
    /// <summary>Write damo's <c>json_compressed</c>, its default: the same text in a zlib stream.</summary>
    public bool Compressed { get; init; }

    /// <summary>
    /// Folder of the temporary file that sorts the snapshots of several targets; null is the system's. It should be on a disk, not in
    /// memory: 24 bytes per region.
    /// </summary>
    public string? SpoolDirectory { get; init; }

    /// <summary>Sampling interval in microseconds for recordings that do not tell theirs (perf's text).</summary>
    public ulong? SampleUs { get; init; }

    /// <summary>Aggregation interval in microseconds for recordings that do not tell theirs (perf's text).</summary>
    public ulong? AggrUs { get; init; }

    /// <summary>Regions update interval in microseconds where it is not told. damo needs a number here and only prints it.</summary>
    public ulong UpdateUs { get; init; } = 1_000_000;

    /// <summary>Up to here the snapshots of further targets wait in memory.</summary>
    internal int SpoolMemoryBytes { get; init; } = SnapshotSpool.DefaultMemoryBytes;
}
