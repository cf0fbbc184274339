using Damon.Trace.Exporters.Ctf;
using Damon.Trace.Exporters.Parquet.Reading;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters;

/// <summary>Recordings that are folders.</summary>
public static class RecordingFolder
{
    /// <summary>Opens a CTF trace or a Parquet data set that we exported.</summary>
    /// <exception cref="RecordingFormatException">The folder is nothing of that kind, or holds several recordings.</exception>
    public static IRecordingReader Open(string path)
    {
        try
        {
            return (IRecordingReader?)CtfReader.TryOpen(path) ?? DataSetReader.TryOpen(path) ?? throw new RecordingFormatException(
                "it is a directory, and neither a CTF trace nor a Parquet data set; hint: name a recording in it");
        }
        catch (RecordingFormatException error)
        {
            throw new RecordingFormatException($"{path}: {error.Message}", error);
        }
    }
}
