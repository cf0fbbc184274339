namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>A directory of its own, gone after the test.</summary>
internal sealed class TestDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("damon-trace-test-");

    internal string Of(string name) => Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
