namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>A path that is free and will be again.</summary>
internal sealed class TempFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"damon-trace-{Guid.NewGuid():N}.perf.data");

    public void Dispose() => File.Delete(Path);
}
