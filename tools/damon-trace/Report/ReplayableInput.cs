using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Report;

/// <summary>
/// An input that can be read several times, as reports do that need the extent of a recording before they draw it. Standard input and
/// pipes are kept in a temporary file for that.
/// </summary>
internal sealed class ReplayableInput : IDisposable
{
    private readonly string _path;
    private readonly bool _temporary;

    private ReplayableInput(string path, bool temporary)
    {
        _path = path;
        _temporary = temporary;
    }

    internal static ReplayableInput Open(string path)
    {
        if (path != "-" && new FileInfo(path).Exists && File.ResolveLinkTarget(path, true) is null && new FileInfo(path).Length > 0)
        {
            return new ReplayableInput(path, temporary: false);
        }

        using Stream source = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        string copy = Path.GetTempFileName();
        using FileStream file = File.Create(copy);
        source.CopyTo(file);
        return new ReplayableInput(copy, temporary: true);
    }

    /// <summary>Begins a reading.</summary>
    internal RecordingReader Read() => RecordingReader.Open(_path);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary)
        {
            File.Delete(_path);
        }
    }
}
