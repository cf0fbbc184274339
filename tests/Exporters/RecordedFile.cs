using Damon.Trace.Benchmarks;

namespace Damon.Trace.Exporters.Tests;

/// <summary>One real recording, made once for all tests that only read it.</summary>
public sealed class RecordedFile
{
    public const int Snapshots = 40;
    public const int Regions = 250;

    public RecordedFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"damon-trace-{Guid.NewGuid():N}.nettrace");
        try
        {
            SyntheticRecording.Write(path, Snapshots, Regions);
            Bytes = File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public byte[] Bytes { get; }
}
